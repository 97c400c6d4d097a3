import type { KeyObject } from "node:crypto";
import type { AttestationPolicy } from "@agentkeys/common/wire";
import { verifierKey } from "@agentkeys/common/workload";

/** Members to go down, outermost first. */
export type ClaimPath = readonly string[];

export interface CompiledAttestation {
  readonly issuer: string;
  readonly audience: string | undefined;
  /** Those of the verifier's keys that can be read; with none, no token is taken. */
  readonly keys: readonly KeyObject[];
  readonly measurement: ClaimPath;
  readonly require: readonly { path: ClaimPath; value: string }[];
  readonly maxAgeSeconds: number;
}

function pathOf(pointer: string): ClaimPath {
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A verifier for the hot path. A key that cannot be read takes nobody in; it must not keep the rest of a policy from coming into force. */
export function compileAttestation(policy: AttestationPolicy): CompiledAttestation {
  return {
    issuer: policy.issuer,
    audience: policy.audience,
    keys: policy.keys.map(verifierKey).filter((key) => key !== null),
    measurement: pathOf(policy.measurementClaim),
    require: (policy.require ?? []).map(({ claim, value }) => ({ path: pathOf(claim), value })),
    maxAgeSeconds: policy.maxAgeSeconds,
  };
}
