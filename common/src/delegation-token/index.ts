/**
 * Wire form of a delegation (protocol §2): base64url of the canonical JSON `{message, signature}`.
 * Decodes only; whoever needs to trust one verifies it with `delegation/`. Must not import an EVM library.
 */
import { createHash } from "node:crypto";
import { AgentKeysError } from "../errors/index.ts";
import { normaliseHex32, type Hex } from "../identity/index.ts";

export interface Delegation {
  deviceKeyHash: Hex;
  operatorOmni: Hex;
  actorOmni: Hex;
  /** RFC 7638 thumbprint of the session key, as 32 bytes of hex. */
  sessionThumbprint: Hex;
  /** Service hashes (protocol §1). */
  services: Hex[];
  readOnly: boolean;
  namespace: string;
  serviceAccount: string;
  pod: string;
  podUid: string;
  /** Unix seconds. */
  issuedAt: number;
  expiresAt: number;
}

/** As many as a binding may list; more would not fit Node's limit of 16 KiB of headers beside a cap and a proof. */
const MAX_SERVICES = 64;
/** Longest token that 64 services and the longest names of Kubernetes make. */
export const MAX_DELEGATION_CHARS = 8192;

function refuse(detail: string): AgentKeysError {
  return new AgentKeysError("unauthorized", { detail: `delegation: ${detail}` });
}

function parse(token: string): { message: Record<string, unknown>; signature: unknown } {
  try {
    const value = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as { message?: unknown; signature?: unknown } | null;
    const message = value?.message;
    if (typeof message === "object" && message !== null && !Array.isArray(message))
      return { message: message as Record<string, unknown>, signature: value?.signature };
  } catch {
    // falls through to the refusal below
  }
  throw refuse("not a token");
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string" || value.length > 253) throw refuse(name);
  return value;
}

function seconds(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw refuse(name);
  return value;
}

function hex(value: unknown, name: string): Hex {
  try {
    return normaliseHex32(value);
  } catch {
    throw refuse(name);
  }
}

/** Canonical JSON of a delegation: fixed member order, no white space. */
export function encodeDelegation(message: Delegation, signature: string): string {
  const {
    deviceKeyHash,
    operatorOmni,
    actorOmni,
    sessionThumbprint,
    services,
    readOnly,
    namespace,
    serviceAccount,
    pod,
    podUid,
    issuedAt,
    expiresAt,
  } = message;
  const ordered = {
    deviceKeyHash,
    operatorOmni,
    actorOmni,
    sessionThumbprint,
    services,
    readOnly,
    namespace,
    serviceAccount,
    pod,
    podUid,
    issuedAt,
    expiresAt,
  };
  return Buffer.from(JSON.stringify({ message: ordered, signature }), "utf8").toString("base64url");
}

/** Reads a token without trusting it: shape only. Throws `unauthorized`. */
export function decodeDelegation(token: string): { message: Delegation; signature: string } {
  if (token.length > MAX_DELEGATION_CHARS) throw refuse("too long");
  const { message: raw, signature } = parse(token);
  if (typeof signature !== "string" || !/^0x[0-9a-f]{130}$/.test(signature)) throw refuse("signature");
  const services = raw["services"];
  if (!Array.isArray(services) || services.length > MAX_SERVICES) throw refuse("services");
  if (typeof raw["readOnly"] !== "boolean") throw refuse("readOnly");
  const message: Delegation = {
    deviceKeyHash: hex(raw["deviceKeyHash"], "deviceKeyHash"),
    operatorOmni: hex(raw["operatorOmni"], "operatorOmni"),
    actorOmni: hex(raw["actorOmni"], "actorOmni"),
    sessionThumbprint: hex(raw["sessionThumbprint"], "sessionThumbprint"),
    services: services.map((service) => hex(service, "services")),
    readOnly: raw["readOnly"],
    namespace: text(raw["namespace"], "namespace"),
    serviceAccount: text(raw["serviceAccount"], "serviceAccount"),
    pod: text(raw["pod"], "pod"),
    podUid: text(raw["podUid"], "podUid"),
    issuedAt: seconds(raw["issuedAt"], "issuedAt"),
    expiresAt: seconds(raw["expiresAt"], "expiresAt"),
  };
  if (encodeDelegation(message, signature) !== token) throw refuse("not canonical");
  return { message, signature };
}

/** `dgh`: base64url(H256(token)), which binds a cap to this very delegation. */
export function delegationHash(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("base64url");
}

/** RFC 7638 thumbprint (base64url) as the 32 bytes a delegation carries. */
export function thumbprintToHex(jkt: string): Hex {
  return normaliseHex32(Buffer.from(jkt, "base64url").toString("hex"));
}
