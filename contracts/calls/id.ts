import { keccak256, type Hex } from "@agentkeys/common/identity";
import type { Call } from "./actions.ts";

/** A name of a call that is the same for the same bytes on the same chain. */
export function callId({ chainId, to, data }: Call): Hex {
  return keccak256(`${chainId}:${to.toLowerCase()}:${data.toLowerCase()}`);
}
