/** What an attacker may have stolen, read from the cluster by its administrator, and the public facts everybody has. */
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { normaliseHex32, parseKey32, type Hex } from "@agentkeys/common/identity";
import { importSigningKey, type SigningKey } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { createHash } from "node:crypto";
import { DEVICES, getJson, SYSTEM } from "../kube.ts";

export interface Leaf {
  cert: string;
  key: string;
}

/** Everything a case may use. Each case says whose theft it assumes. */
export interface Loot {
  caPem: string;
  chain: ChainConfig;
  /** The broker's cap key. */
  k1: SigningKey;
  /** The signer's identity key: used for the actor whose session is tested, never assumed stolen. */
  k2: SigningKey;
  brokerLeaf: Leaf;
  workerLeaf: Leaf;
  /** By epoch, to tell whose key the signer gave. */
  k3: ReadonlyMap<number, Secret>;
  masterDevice: Secret;
  storeRoot: { user: string; password: Secret };
}

interface Data {
  data: Record<string, string>;
}

/** The bytes of a Secret's members. */
async function secret(name: string, namespace = SYSTEM): Promise<Record<string, Buffer>> {
  const { data } = await getJson<Data>("secret", name, "-n", namespace);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64")]));
}

function member(data: Record<string, Buffer>, key: string): Buffer {
  const value = data[key];
  if (value === undefined) throw new Error(`the Secret has no ${key}`);
  return value;
}

const text = (data: Record<string, Buffer>, key: string): string => member(data, key).toString("utf8");

/** Reads it all; fails when AgentKeys is not installed. */
export async function loot(): Promise<Loot> {
  const [k1, k2, k3, broker, worker, master, root, trust, chain] = await Promise.all([
    secret("agentkeys-k1"),
    secret("agentkeys-k2"),
    secret("agentkeys-k3"),
    secret("agentkeys-broker-tls"),
    secret("agentkeys-creds-worker-tls"),
    secret("agentkeys-master-device", DEVICES),
    secret("agentkeys-store-root"),
    getJson<Data>("configmap", "agentkeys-trust-bundle", "-n", SYSTEM),
    getJson<Data>("configmap", "agentkeys-chain", "-n", SYSTEM),
  ]);
  return {
    caPem: trust.data["ca.crt"] ?? "",
    chain: parseChainConfig(chain.data["chain.json"] ?? ""),
    k1: await importSigningKey(text(k1, "k1.pem")),
    k2: await importSigningKey(text(k2, "k2.pem")),
    k3: new Map(Object.entries(k3).map(([epoch, key]) => [Number(epoch), parseKey32(key)])),
    brokerLeaf: { cert: text(broker, "tls.crt"), key: text(broker, "tls.key") },
    workerLeaf: { cert: text(worker, "tls.crt"), key: text(worker, "tls.key") },
    masterDevice: parseKey32(member(master, "privateKey")),
    storeRoot: { user: text(root, "user"), password: Secret.of(member(root, "password")) },
  };
}

/** Who a binding is on chain, with its device key: what a thief of that one device holds. */
export interface Device {
  k10: Secret;
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
}

interface Binding {
  status?: { operatorOmni?: string; actorOmni?: string; deviceKeyHash?: string };
}

/** Reads a binding's identity and device key. */
export async function deviceOfBinding(namespace: string, name: string): Promise<Device> {
  const [{ status }, { items }] = await Promise.all([
    getJson<Binding>("akb", name, "-n", namespace),
    getJson<{ items: ({ metadata: { name: string } } & Data)[] }>("secret", "-n", DEVICES),
  ]);
  const digest = createHash("sha256").update(`${namespace}/${name}`).digest("hex").slice(0, 12);
  const held = items.find(({ metadata }) => metadata.name === `agentkeys-device-${namespace}-${name}-${digest}`);
  if (held?.data["privateKey"] === undefined) throw new Error(`binding ${namespace}/${name} has no device key`);
  return {
    k10: parseKey32(Buffer.from(held.data["privateKey"], "base64")),
    deviceKeyHash: normaliseHex32(status?.deviceKeyHash),
    operatorOmni: normaliseHex32(status?.operatorOmni),
    actorOmni: normaliseHex32(status?.actorOmni),
  };
}
