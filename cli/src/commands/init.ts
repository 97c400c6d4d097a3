import { deviceOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";
import { noMoreWords, type Call, type CommandBody } from "../command.ts";
import { openHome, type Home, type KeyName } from "../home.ts";
import { operatorOf } from "../master.ts";
import { readKeyFile } from "../wallet/key-file.ts";

export const init: CommandBody = {
  operands: "",
  detail: `Makes $XDG_CONFIG_HOME/agentkeys (else ~/.config/agentkeys) with a master wallet, which decides for an operator, and a
device key K10, which acts for you. What is there already is kept: running it again changes nothing.`,
  example: "agentkeys init",
  options: {
    "wallet-file": { type: "string", value: "<file>", description: "take this key (32 bytes or hex) as the wallet instead of making one" },
  },
  run: (call) => {
    noMoreWords(call, 0);
    const home = openHome(call.machine.env);
    const given = call.text("wallet-file");
    const wallet = ensureKey(call, home, "wallet", given === undefined ? undefined : readKeyFile(given));
    const device = ensureKey(call, home, "device", undefined);
    const { address, operatorOmni } = operatorOf(wallet);
    const made = { folder: home.dir, wallet: address, operatorOmni, deviceKeyHash: deviceOf(device).deviceKeyHash };
    call.answer(made, { facts: made });
    call.say("next: agentkeys chain deploy --profile <chain> --rpc-url <url>, or agentkeys doctor where AgentKeys is installed");
    return Promise.resolve(undefined);
  },
};

function ensureKey(call: Call, home: Home, name: KeyName, given: Secret | undefined): Secret {
  const known = home.read(name);
  if (known === null) {
    const key = given ?? Secret.of(call.machine.randomBytes(32));
    home.create(name, key, call.machine.newId());
    return key;
  }
  if (given !== undefined && !known.revealBytes().equals(given.revealBytes()))
    throw new AgentKeysError("config_invalid", {
      message: `${home.path(name)} holds another wallet (${operatorOf(known).address}) and is never overwritten: move it away first`,
    });
  return known;
}
