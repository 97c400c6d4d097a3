import { AgentKeysError } from "@agentkeys/common/errors";
import type { CommandBody } from "../command.ts";

/** Its place in the help. `bin/agentkeys.js` starts the service itself, which is configured as every service is. */
export const relay: CommandBody = {
  operands: "[--<setting> <value> …]",
  detail: `Runs the relay service until it is stopped. Settings are those of docs/reference/configuration.md (relay), as flags
(--chain-file, --wallet-file, --state-dir, --listen, --wallets, …) or as variables AGENTKEYS_RELAY_…; they come after the word relay.
The wallet pays: never give it the master wallet.`,
  example: "agentkeys relay --chain-file chain.json --wallet-file relay.key --state-dir ./relay",
  options: {},
  run: () =>
    Promise.reject(
      new AgentKeysError("invalid_input", {
        message: "Here the relay is a service of its own: start the image with the word relay, or agentkeys relay in a checkout",
      }),
    ),
};
