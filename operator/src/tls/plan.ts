import { ageMs, LEAF_DAYS, lifeSpent, type KeyPairPem } from "./authority.ts";

/** The CA Secret in words: who signs now, who will, and who did. */
export interface AuthorityState {
  current: KeyPairPem;
  next?: KeyPairPem & { stagedAtMs: number };
  /** Certificate only: its leaves are still out there. */
  previous?: string;
}

const RENEW_AT = 2 / 3;
/** A new authority is trusted everywhere this long before it signs. */
const OVERLAP_MS = 60 * 60_000;
/** By then the last leaf of the authority before has ended, whatever the hosts' clocks say. */
const FORGET_MS = (LEAF_DAYS + 1) * 86_400_000 + OVERLAP_MS;

export type AuthorityStep = "keep" | "stage" | "promote" | "forget";

/** What a rotation needs next. Pure. */
export function planAuthority(state: AuthorityState, nowMs: number): AuthorityStep {
  if (state.next !== undefined) return nowMs - state.next.stagedAtMs >= OVERLAP_MS ? "promote" : "keep";
  if (lifeSpent(state.current.cert, nowMs) >= RENEW_AT) return "stage";
  return state.previous !== undefined && ageMs(state.current.cert, nowMs) >= FORGET_MS ? "forget" : "keep";
}

/** Every authority a peer should trust now. */
export function trustBundle(state: AuthorityState): string {
  return [state.current.cert, state.next?.cert, state.previous].filter((pem) => pem !== undefined).join("");
}

/** Whether a leaf is due at two thirds of its life. */
export function isLeafDue(certPem: string, nowMs: number): boolean {
  return lifeSpent(certPem, nowMs) >= RENEW_AT;
}
