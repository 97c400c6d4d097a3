/**
 * Makes this machine an agent's device: key, registration, scope, and the files the daemon reads. Each step is left out when it was
 * taken before. Must not know options.
 */
import { existsSync } from "node:fs";
import type { ChainConfig } from "@agentkeys/common/chain";
import { deviceOf, popOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import { childOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import {
  createDeviceKey,
  readDeviceKey,
  renderDaemonFile,
  replaceWhole,
  workstationPaths,
  type DaemonFile,
} from "@agentkeys/common/workstation";
import { openChainView, type ChainView } from "../chain/view.ts";
import type { MasterWallet } from "../chain/wallet.ts";
import type { Call } from "../command.ts";
import { ensureMasterDevice, openWallet, ownDevice } from "../master.ts";
import { readDaemonFile } from "./open.ts";

export interface Registration {
  /** Label of the actor under the operator. */
  actor: string;
  services: readonly string[];
  readOnly: boolean;
  chain: ChainConfig;
  /** For the commands of later; absent: the cluster's. */
  chainFile?: string;
  brokerUrl: string;
  workerUrl: string;
  /** PEM; absent: the machine's own authorities. */
  trustBundle?: string;
}

export interface Registered {
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
  /** Names of what was done now. */
  done: string[];
}

function ensureKey(call: Call, done: string[]): { privateKey: Secret; deviceKeyHash: Hex } {
  const { env, uid, randomBytes, newId } = call.machine;
  const { deviceKey } = workstationPaths(env);
  let privateKey = readDeviceKey(deviceKey, uid);
  if (privateKey === null) {
    privateKey = Secret.of(randomBytes(32));
    createDeviceKey(deviceKey, { uid, key: privateKey, temporaryName: newId() });
    done.push("device key made");
    call.say(`made the device key of this workstation: ${deviceKey}`);
  }
  return { privateKey, deviceKeyHash: deviceOf(privateKey).deviceKeyHash };
}

async function ensureDevice(
  of: { wallet: MasterWallet; view: ChainView; key: { privateKey: Secret; deviceKeyHash: Hex }; actor: string; actorOmni: Hex },
  done: string[],
): Promise<void> {
  const { wallet, view, key, actorOmni } = of;
  const { operatorOmni } = wallet;
  const { deviceKeyHash } = key;
  const known = await view.device(deviceKeyHash);
  if (known?.revoked === true)
    throw new AgentKeysError("device_revoked", {
      message: "This workstation's device was revoked for good: move its key away and register again",
    });
  if (known !== null && (known.operatorOmni !== operatorOmni || known.actorOmni !== actorOmni))
    throw new AgentKeysError("device_binding_mismatch", {
      message: "This workstation's device is registered for another operator or actor: give that --actor, or move its key away",
    });
  if (known !== null) return;
  const pop = await popOf(key.privateKey, { deviceKeyHash, operatorOmni, actorOmni });
  const { hash } = await wallet.registerAgentDevice({ deviceKeyHash, actorOmni, actorPath: [`${of.actor}/0`], pop });
  done.push(`device registered (${hash})`);
}

async function ensureScope(
  of: { wallet: MasterWallet; view: ChainView; actorOmni: Hex; services: readonly string[]; readOnly: boolean },
  done: string[],
): Promise<void> {
  if (of.services.length === 0) return;
  const onChain = await of.view.scope(of.wallet.operatorOmni, of.actorOmni);
  const wanted = of.services.map(serviceHash);
  const isSame =
    onChain.isSet &&
    onChain.readOnly === of.readOnly &&
    wanted.length === onChain.services.length &&
    wanted.every((one) => onChain.services.includes(one));
  if (isSame) return;
  const { hash } = await of.wallet.setScope(of.actorOmni, of.services, of.readOnly);
  done.push(`scope set (${hash})`);
}

function daemonFile(call: Call, of: Registration & { operatorOmni: Hex; actorOmni: Hex }): DaemonFile {
  const known = readDaemonFile(call.machine);
  const { chainId, contracts } = of.chain;
  const chainFile = of.chainFile ?? known?.chain.file;
  return {
    actor: of.actor,
    operator_omni: of.operatorOmni,
    actor_omni: of.actorOmni,
    broker_url: of.brokerUrl,
    worker_url: of.workerUrl,
    ...(of.trustBundle === undefined ? {} : { trust_bundle: workstationPaths(call.machine.env).trustBundle }),
    placeholder: known?.placeholder ?? `sk-agentkeys-${Buffer.from(call.machine.randomBytes(24)).toString("base64url")}`,
    tcp_port: known?.tcp_port ?? 9090,
    admin_port: known?.admin_port ?? 0,
    log_level: known?.log_level ?? "info",
    chain: { id: chainId, registry: contracts.registry, ...(chainFile === undefined ? {} : { file: chainFile }) },
    ...(known?.mtls === undefined ? {} : { mtls: known.mtls }),
    dial: known?.dial ?? {},
  };
}

function starterPolicy(uid: number, services: readonly string[]): string {
  const list = services.map((name) => JSON.stringify(name)).join(", ");
  return `# Who may use what: a rule names a uid and, if you like, one executable. What no rule allows is refused.
# The daemon takes changes at once; an invalid file is refused as a whole and the old rules stay.

[[rule]]
uid = ${uid}
# binary_path = "/usr/bin/curl"
services = [${list}]
`;
}

function writeFiles(call: Call, of: Registration & { operatorOmni: Hex; actorOmni: Hex }, done: string[]): void {
  const { env, uid, newId } = call.machine;
  const paths = workstationPaths(env);
  if (of.trustBundle !== undefined) replaceWhole(paths.trustBundle, of.trustBundle, newId());
  replaceWhole(paths.daemon, renderDaemonFile(daemonFile(call, of)), newId());
  if (existsSync(paths.policy)) return;
  replaceWhole(paths.policy, starterPolicy(uid, of.services), newId());
  done.push(`rules written to ${paths.policy}`);
}

/** Registers this workstation; a second run with the same words changes nothing. */
export async function registerWorkstation(call: Call, of: Registration): Promise<Registered> {
  const done: string[] = [];
  const key = ensureKey(call, done);
  const wallet = await openWallet(call, of.chain, undefined);
  const { operatorOmni } = wallet;
  const actorOmni = childOmni(operatorOmni, of.actor);
  const view = openChainView(of.chain);
  call.defer(() => view.close());
  // The registry takes agents of known operators: its first master device makes one known.
  if ((await view.masterWallet(operatorOmni)) === null)
    await ensureMasterDevice(call, of.chain, { deviceKeyHash: ownDevice(call).deviceKeyHash, operatorOmni, wallet });
  await ensureDevice({ wallet, view, key, actor: of.actor, actorOmni }, done);
  await ensureScope({ wallet, view, actorOmni, services: of.services, readOnly: of.readOnly }, done);
  writeFiles(call, { ...of, operatorOmni, actorOmni }, done);
  return { deviceKeyHash: key.deviceKeyHash, operatorOmni, actorOmni, done };
}
