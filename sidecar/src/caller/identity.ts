import type { Caller } from "@agentkeys/common/wire";

/** A process as the kernel names it. A part that could not be established is absent, and a rule that asks for it refuses. */
export interface ProcessIdentity {
  kind: "process";
  uid: number;
  binaryPath?: string;
  pid?: number;
}

/** A workload as its verified certificate names it. */
export interface WorkloadIdentity {
  kind: "workload";
  spiffeId: string;
  /** SHA-256 of the certificate's SubjectPublicKeyInfo, hex. */
  publicKeySha256: string;
  measurement?: string;
}

/** Who is asking. `pod`: some process of this pod, which no rule about a process or a workload fits. */
export type CallerIdentity = ProcessIdentity | WorkloadIdentity | { kind: "pod" };

/** The first rule that the caller fits, or null. Everything a rule names must be equal. */
export function ruleFor(callers: readonly Caller[], identity: CallerIdentity): Caller | null {
  return callers.find((caller) => fits(caller, identity)) ?? null;
}

/** Whether a rule names this workload, but with other pins. */
export function isOtherwisePinned(callers: readonly Caller[], identity: CallerIdentity): boolean {
  return identity.kind === "workload" && callers.some((caller) => "spiffeId" in caller && caller.spiffeId === identity.spiffeId);
}

function fits(caller: Caller, identity: CallerIdentity): boolean {
  if ("spiffeId" in caller) {
    const { spiffeId, publicKeySha256, measurement } = caller;
    return (
      identity.kind === "workload" &&
      identity.spiffeId === spiffeId &&
      (publicKeySha256 === undefined || identity.publicKeySha256 === publicKeySha256) &&
      (measurement === undefined || identity.measurement === measurement)
    );
  }
  const { uid, binaryPath } = caller;
  return identity.kind === "process" && identity.uid === uid && (binaryPath === undefined || identity.binaryPath === binaryPath);
}

/** The caller in audit rows and quotas: names of the rule that it fits, so that no text of a caller's own choice gets there. */
export function callerName(caller: Caller): string {
  if ("spiffeId" in caller) return caller.spiffeId;
  return caller.binaryPath === undefined ? `uid:${caller.uid}` : `uid:${caller.uid}:${caller.binaryPath}`;
}

/** As {@link callerName} for a caller that no rule fits. */
export function strangerName(identity: CallerIdentity): string {
  return identity.kind === "process" ? `uid:${identity.uid}` : identity.kind;
}
