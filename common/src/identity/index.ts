/**
 * Names of operators, actors, devices and services (protocol §1). Pure; knows no key store, chain or wire format.
 * Canonical text of a 32-byte value is `0x` + 64 lower-case hex; object keys, tags and AAD use the bare form.
 */
import { keccak_256 } from "@noble/hashes/sha3";
import { createHash } from "node:crypto";
import { AgentKeysError } from "../errors/index.ts";
import { Secret } from "../secret/index.ts";

export type Hex = `0x${string}`;

const HEX32 = /^(?:0x|0X)?([0-9a-fA-F]{64})$/;
const ADDRESS = /^0x[0-9a-fA-F]{1,40}$/;
const LABEL = /^[a-z0-9-]{1,32}$/;
const SERVICE = /^[a-z0-9][a-z0-9._-]{0,63}$/;

function sha256(...parts: (string | Uint8Array)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** Keccak-256 of `data` (Ethereum's, not SHA3-256). */
export function keccak256(data: string | Uint8Array): Hex {
  return toHex(keccak_256(typeof data === "string" ? Buffer.from(data, "utf8") : data));
}

/** Accepts `0x`, bare and upper-case forms of 32 bytes; yields the canonical form or throws `invalid_input`. */
export function normaliseHex32(value: unknown): Hex {
  const match = typeof value === "string" ? HEX32.exec(value) : null;
  if (match?.[1] === undefined) throw new AgentKeysError("invalid_input", { message: "Expected 32 bytes as 0x + 64 hex digits" });
  return `0x${match[1].toLowerCase()}`;
}

/** The 64 hex digits of object keys, session tags and AAD. */
export function bareHex(value: unknown): string {
  return normaliseHex32(value).slice(2);
}

/** `H256("agentkeys" || "evm" || lower-case address text)`. */
export function operatorOmni(address: string): Hex {
  if (!ADDRESS.test(address)) throw new AgentKeysError("invalid_input", { message: "Expected an EVM address" });
  return toHex(sha256("agentkeysevm", address.toLowerCase()));
}

/** One hierarchical step: `H256("agentkeys-hdkd-v1" || parent || "//" || label + "/0")`. */
export function childOmni(parent: string, label: string): Hex {
  if (!LABEL.test(label)) throw new AgentKeysError("invalid_input", { message: `Actor label must match ${LABEL.source}` });
  return childOmniOfSegment(parent, `${label}/0`);
}

/** As {@link childOmni} for a whole segment (label and generation), kept apart for upstream's older forms. */
export function childOmniOfSegment(parent: string, segment: string): Hex {
  return toHex(sha256("agentkeys-hdkd-v1", Buffer.from(bareHex(parent), "hex"), "//", segment));
}

/** Whether a text may be used as an actor label as it is. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** An agent of a namespace of a cluster. */
export interface AgentName {
  clusterName: string;
  namespace: string;
  agent: string;
}

/** The segments from an operator to an agent's actor: two steps, so that no namespace can name another's actor. */
export function actorPath(of: AgentName): [string, string] {
  const namespaceLabel = sha256(`${of.clusterName}/${of.namespace}`).toString("hex").slice(0, 32);
  const agentLabel = isLabel(of.agent) ? of.agent : sha256(of.agent).toString("hex").slice(0, 32);
  return [`${namespaceLabel}/0`, `${agentLabel}/0`];
}

/** Actor of an agent under an operator. */
export function actorOmni(of: AgentName & { operatorOmni: string }): Hex {
  const [namespaceSegment, agentSegment] = actorPath(of);
  return childOmniOfSegment(childOmniOfSegment(of.operatorOmni, namespaceSegment), agentSegment);
}

/** `K256(20 raw address bytes)`. */
export function deviceKeyHash(address: string): Hex {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new AgentKeysError("invalid_input", { message: "Expected a 20-byte EVM address" });
  return keccak256(Buffer.from(address.slice(2), "hex"));
}

/** `K256(lower(service))`. */
export function serviceHash(service: string): Hex {
  return keccak256(service.toLowerCase());
}

/** Whether a text can name a service. */
export function isService(text: string): boolean {
  return SERVICE.test(text);
}

/** The service name itself, or `invalid_input` before any key, path or hash is built from it. */
export function assertService(service: unknown): string {
  if (typeof service !== "string" || !SERVICE.test(service))
    throw new AgentKeysError("invalid_input", { message: `service must match ${SERVICE.source}` });
  return service;
}

/** What K10 signs (EIP-191) when an agent device is registered. */
export function agentPopPayload(of: { deviceKeyHash: string; operatorOmni: string; actorOmni: string }): Hex {
  return keccak256(
    `agentkeys-agent-pop:${normaliseHex32(of.deviceKeyHash)}:${normaliseHex32(of.operatorOmni)}:${normaliseHex32(of.actorOmni)}`,
  );
}

/** A 32-byte key from a mounted file: raw bytes, or hex text with or without `0x` and a final newline. */
export function parseKey32(file: Uint8Array): Secret {
  if (file.length === 32) return Secret.of(file);
  const match = HEX32.exec(Buffer.from(file).toString("utf8").trim());
  if (match?.[1] === undefined)
    throw new AgentKeysError("config_invalid", { message: "A key file must hold 32 raw bytes or 64 hex digits" });
  return Secret.of(Buffer.from(match[1], "hex"));
}

/** Key text for EVM libraries: `0x` + 64 hex. */
export function keyHex(key: Secret): Hex {
  return toHex(key.revealBytes());
}
