import type { Hex } from "@agentkeys/common/identity";

/** A transaction without value, before anybody signed it. */
export interface Call {
  chainId: number;
  to: string;
  data: string;
}

/** One thing that a call writes. */
export type Action =
  | { kind: "RegisterMaster"; deviceKeyHash: Hex; operatorOmni: Hex; roles: number }
  | { kind: "RegisterDevice"; deviceKeyHash: Hex; operatorOmni: Hex; actorOmni: Hex; attestation: string; pop: string }
  | { kind: "SetScope"; operatorOmni: Hex; actorOmni: Hex; services: readonly Hex[]; readOnly: boolean }
  | { kind: "RevokeScope"; operatorOmni: Hex; actorOmni: Hex }
  | { kind: "RevokeDevice"; deviceKeyHash: Hex }
  | { kind: "SetAuditor"; operatorOmni: Hex; auditor: string };

export type ActionKind = Action["kind"];
