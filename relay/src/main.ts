/**
 * Entry of the relay: carries forward requests that wallets signed to the chain and pays for them. It can neither change nor
 * invent one, and reads no key but its own. Importing this does nothing.
 */
import { runService, type ProcessContext } from "@agentkeys/common/lifecycle";
import { readRelayConfig } from "./config.ts";
import { startRelay } from "./wire.ts";

/** Runs the relay until the signal; answers the exit code. */
export function main(context: ProcessContext): Promise<number> {
  return runService({ readConfig: readRelayConfig, start: startRelay }, context);
}
