import { createHash } from "node:crypto";
import { deviceOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import { keyHex, parseKey32, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { RESOURCES, type KubeApi } from "../kube/index.ts";
import type { SecretObject } from "../tls/index.ts";

export const MASTER_DEVICE_SECRET = "agentkeys-master-device";
const MAX_NAME = 200;

export interface DeviceKey {
  privateKey: Secret;
  deviceKeyHash: Hex;
  /** SHA-256 of what was last imported, by service. */
  imported: Readonly<Record<string, string>>;
}

/** Secret of a binding's K10 in the namespace of device keys. */
export function deviceSecretName(namespace: string, binding: string): string {
  // Always with a digest: team-a/b and team/a-b must never share a key.
  const digest = createHash("sha256").update(`${namespace}/${binding}`).digest("hex").slice(0, 12);
  const name = `agentkeys-device-${namespace}-${binding}`.slice(0, MAX_NAME).replace(/[.-]+$/, "");
  return `${name}-${digest}`;
}

/** K10 keys, kept in Secrets of a namespace of their own and in memory. */
export class DeviceKeys {
  readonly #api: KubeApi;
  readonly #namespace: string;
  readonly #newKey: () => Uint8Array;
  readonly #known = new Map<string, DeviceKey>();

  constructor(of: { api: KubeApi; namespace: string; newKey: () => Uint8Array }) {
    this.#api = of.api;
    this.#namespace = of.namespace;
    this.#newKey = of.newKey;
  }

  /** The key of a Secret, or null when there is none yet. */
  async read(name: string): Promise<DeviceKey | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const secret = (await this.#api.get(RESOURCES.secrets, { namespace: this.#namespace, name })) as SecretObject | null;
    const data = secret?.data?.["privateKey"];
    if (data === undefined) return null;
    const privateKey = parseKey32(Buffer.from(data, "base64"));
    const imported = Buffer.from(secret?.data?.["imported"] ?? "", "base64").toString("utf8");
    const key = {
      privateKey,
      deviceKeyHash: deviceOf(privateKey).deviceKeyHash,
      imported: imported === "" ? {} : (JSON.parse(imported) as Record<string, string>),
    };
    this.#known.set(name, key);
    return key;
  }

  /** The key of a Secret if it is this device's. What is remembered is read again once: another replica may have made it anew. */
  async readDevice(name: string, deviceKeyHash: Hex): Promise<DeviceKey | null> {
    const known = await this.read(name);
    if (known?.deviceKeyHash === deviceKeyHash) return known;
    this.forget(name);
    const fresh = await this.read(name);
    return fresh?.deviceKeyHash === deviceKeyHash ? fresh : null;
  }

  /** The key of a Secret, made once. */
  async ensure(name: string, labels: Record<string, string>): Promise<DeviceKey> {
    const known = await this.read(name);
    if (known !== null) return known;
    const text = Buffer.from(keyHex(Secret.of(this.#newKey())), "utf8").toString("base64");
    const metadata = { namespace: this.#namespace, name, labels: { "app.kubernetes.io/managed-by": "agentkeys-operator", ...labels } };
    const body = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { privateKey: text } };
    try {
      await this.#api.create(RESOURCES.secrets, body, { namespace: this.#namespace });
    } catch (fault) {
      if (!(fault instanceof AgentKeysError) || fault.code !== "version_conflict") throw fault;
    }
    const made = await this.read(name);
    if (made === null) throw new AgentKeysError("kube_api", { detail: `Secret ${name} holds no privateKey` });
    return made;
  }

  /** Remembers what was imported, so that a restart does not store it again. */
  async noteImport(name: string, service: string, digest: string): Promise<void> {
    const known = await this.read(name);
    if (known === null) return;
    const imported = { ...known.imported, [service]: digest };
    this.#known.set(name, { ...known, imported });
    const data = { imported: Buffer.from(JSON.stringify(imported), "utf8").toString("base64") };
    await this.#api.merge(RESOURCES.secrets, { namespace: this.#namespace, name }, { data });
  }

  forget(name: string): void {
    this.#known.delete(name);
  }

  async remove(name: string): Promise<void> {
    this.#known.delete(name);
    await this.#api.remove(RESOURCES.secrets, { namespace: this.#namespace, name });
  }
}
