import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ChainConfig } from "@agentkeys/common/chain";
import { deviceOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import { assertService, isLabel, normaliseHex32, type Hex } from "@agentkeys/common/identity";
import { readDeviceKey, workstationPaths } from "@agentkeys/common/workstation";
import { openChainConfig } from "../chain/config.ts";
import { openChainView } from "../chain/view.ts";
import { noMoreWords, usage, type Call, type CommandBody } from "../command.ts";
import { openWallet } from "../master.ts";
import { CHAIN_OPTIONS, RELAY_OPTION, WALLET_OPTIONS } from "../options.ts";
import { clusterOrigin, clusterTrustBundle } from "../kube/services.ts";
import { SERVICES } from "../vault.ts";
import { readDaemonFile } from "../workstation/open.ts";
import { registerWorkstation, type Registration } from "../workstation/register.ts";

export const deviceRegister: CommandBody = {
  operands: "[service…]",
  detail: `Makes the device key \`~/.agentkeys/agent-device.key\` if there is none, registers it on chain for the actor with your master wallet, lets the actor
use the services named and no others, and writes \`daemon.toml\` and, the first time, \`policy.toml\` beside your other keys. Running
it again changes nothing that is there already. Without --broker-url the services of the cluster your kubectl sees are meant.`,
  example: "agentkeys device register openai github --actor laptop",
  options: {
    actor: { type: "string", value: "<label>", default: "workstation", description: "name of the agent under your operator" },
    "read-write": { type: "boolean", description: "the actor may store and delete its credentials too" },
    "broker-url": { type: "string", value: "<url>", description: "broker, as it knows itself; together with --worker-url" },
    "worker-url": { type: "string", value: "<url>", description: "creds-worker, as it knows itself" },
    "trust-bundle": {
      type: "string",
      value: "<file>",
      description: "authorities of their certificates, PEM; the machine's own when left out",
    },
    ...CHAIN_OPTIONS,
    ...WALLET_OPTIONS,
    ...RELAY_OPTION,
  },
  run: async (call) => {
    const services = call.words.map(assertService);
    const actor = call.text("actor") ?? "";
    if (!isLabel(actor)) throw usage("--actor takes lower-case letters, digits and dashes, 32 at most");
    const chain = await openChainConfig(call);
    const chainFile = call.text("chain-file");
    const registered = await registerWorkstation(call, {
      actor,
      services,
      readOnly: !call.flag("read-write"),
      chain,
      ...(chainFile === undefined ? {} : { chainFile: resolve(chainFile) }),
      ...(await servicesOf(call)),
    });
    call.answer(registered, {
      facts: { ...registered, done: registered.done.length === 0 ? "nothing: all was there" : registered.done.join(", ") },
    });
    call.say("next: agentkeys credential put <service> --workstation, then agentkeys daemon");
    return undefined;
  },
};

export const deviceRevoke: CommandBody = {
  operands: "[device key hash]",
  detail: `Sends one transaction of the master wallet. Running daemons of the device are cut off, and its key is of no use to whoever has it. From
another machine give the device key hash that \`agentkeys device register\` showed; without one this workstation's own is meant.`,
  example: "agentkeys device revoke 0x51f1…",
  options: { ...CHAIN_OPTIONS, ...WALLET_OPTIONS, ...RELAY_OPTION },
  run: async (call) => {
    noMoreWords(call, 1);
    const [given] = call.words;
    const deviceKeyHash = given === undefined ? ownDeviceKeyHash(call) : deviceKeyHashOf(given);
    const chain = await openChainConfig(call, readDaemonFile(call.machine)?.chain.file);
    const wallet = await openWallet(call, chain, await operatorOfDevice(call, chain, deviceKeyHash));
    const { hash, block } = await wallet.revokeDevice(deviceKeyHash);
    const rows = [{ device: deviceKeyHash, transaction: hash, block }];
    call.answer(rows, rows);
    return undefined;
  },
};

/** Who may revoke it; told before a wallet is asked for. */
async function operatorOfDevice(call: Call, chain: ChainConfig, deviceKeyHash: Hex): Promise<Hex> {
  const view = openChainView(chain);
  call.defer(() => view.close());
  const device = await view.device(deviceKeyHash);
  if (device?.revoked === false) return device.operatorOmni;
  throw new AgentKeysError(device === null ? "not_found" : "device_revoked", {
    message: `Device ${deviceKeyHash} is ${device === null ? "not registered" : "revoked already"} on ${chain.profile}: there is nothing to revoke`,
  });
}

function deviceKeyHashOf(given: string): Hex {
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(given)) return normaliseHex32(given);
  throw usage("Name the device by its key hash (0x and 64 hex digits), as agentkeys device register showed it");
}

function ownDeviceKeyHash({ machine }: Call): Hex {
  const { deviceKey } = workstationPaths(machine.env);
  const key = readDeviceKey(deviceKey, machine.uid);
  if (key === null) throw new AgentKeysError("device_key_missing", { detail: deviceKey });
  return deviceOf(key).deviceKeyHash;
}

async function servicesOf(call: Call): Promise<Pick<Registration, "brokerUrl" | "workerUrl" | "trustBundle">> {
  const [brokerUrl, workerUrl, file] = [call.text("broker-url"), call.text("worker-url"), call.text("trust-bundle")];
  const bundle = file === undefined ? {} : { trustBundle: readBundle(file) };
  if (brokerUrl === undefined && workerUrl === undefined) {
    const own = bundle.trustBundle ?? (await clusterTrustBundle(call));
    const namespace = call.text("namespace") ?? "";
    return { brokerUrl: clusterOrigin(SERVICES.broker, namespace), workerUrl: clusterOrigin(SERVICES.worker, namespace), trustBundle: own };
  }
  if (brokerUrl === undefined || workerUrl === undefined) throw usage("--broker-url and --worker-url belong together");
  for (const url of [brokerUrl, workerUrl])
    if (!/^https:\/\/[^/]+$/.test(url)) throw usage("--broker-url and --worker-url are https origins without a path");
  return { brokerUrl, workerUrl, ...bundle };
}

function readBundle(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: `${file} cannot be read: give --trust-bundle a PEM file`, cause });
  }
}
