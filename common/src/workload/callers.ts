import type { AttestationPolicy, WorkloadCaller } from "../wire/policy.ts";

/** How old a token may be where nothing is said of it. */
export const DEFAULT_MAX_AGE_SECONDS = 3600;
export const LEAST_MAX_AGE_SECONDS = 60;

type Optional<T> = { [Key in keyof T]: T[Key] | undefined };

/** What a rule pins of a workload besides its ID. */
export type Pins = Partial<Optional<Pick<WorkloadCaller, "publicKeySha256" | "measurement">>>;

/**
 * Why a workload may not be named with these pins, or null. `keyName` is what `publicKeySha256` is called where the rule is written;
 * the API server says the same of a binding by the rules in its CRD.
 */
export function pinProblem(pins: Pins, of: { keyName: string; hasAttestation: boolean }): string | null {
  if (pins.publicKeySha256 === undefined && pins.measurement === undefined)
    return `a workload, and no other caller, is pinned by ${of.keyName} or measurement`;
  if (pins.measurement !== undefined && !of.hasAttestation) return "a measurement needs attestation: say whose tokens tell it";
  return null;
}

/** A workload as policies name it. */
export function workloadCaller({ spiffeId, publicKeySha256, measurement }: { spiffeId: string } & Pins): WorkloadCaller {
  return { spiffeId, ...(publicKeySha256 === undefined ? {} : { publicKeySha256 }), ...(measurement === undefined ? {} : { measurement }) };
}

/** A verifier as policies name it. */
export function attestationPolicy(
  of: Omit<AttestationPolicy, "maxAgeSeconds" | "audience" | "require"> &
    Partial<Optional<Pick<AttestationPolicy, "maxAgeSeconds" | "audience" | "require">>>,
): AttestationPolicy {
  const { issuer, audience, keys, measurementClaim, require, maxAgeSeconds } = of;
  return {
    issuer,
    keys,
    measurementClaim,
    maxAgeSeconds: maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS,
    ...(audience === undefined ? {} : { audience }),
    ...(require === undefined ? {} : { require }),
  };
}
