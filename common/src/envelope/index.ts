/**
 * Envelopes of stored credentials (protocol §6). Pure; must not know the store, the chain or who holds a key.
 * A KEK lives for one request: callers wipe it.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";
import { AgentKeysError } from "../errors/index.ts";
import { assertService, bareHex } from "../identity/index.ts";
import { Secret } from "../secret/index.ts";

const VERSION_EPOCH = 0x04;
const VERSION_STATIC = 0x02;
const VERSION_WALLET = 0x01;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Epochs one byte can name; 0 is never written. */
export const MAX_EPOCH = 255;

/** `HKDF-SHA256(K3, "agentkeys.kek-salt.v2", "agentkeys.user.v1" || omni bytes, 32)`. */
export function deriveKek(k3: Secret, actorOmni: string): Secret {
  const info = Buffer.concat([Buffer.from("agentkeys.user.v1"), Buffer.from(bareHex(actorOmni), "hex")]);
  return Secret.of(Buffer.from(hkdfSync("sha256", k3.revealBytes(), "agentkeys.kek-salt.v2", info, 32)));
}

/** What a wallet signs (EIP-191) for the KEK of one of its services. */
export function kekV1Message(wallet: string, service: string): string {
  return `agentkeys.kek.v1:${wallet.toLowerCase()}:${service}`;
}

/** KEK of wallet-keyed storage: `H256("agentkeys.kek-derive.v1" || EIP-191 signature)`, 65 bytes with v in 0, 1. */
export function deriveKekV1(signature: Uint8Array): Secret {
  return Secret.of(createHash("sha256").update("agentkeys.kek-derive.v1").update(signature).digest());
}

/** AAD of epoch and static envelopes. */
export function aadV2(actorOmni: string, service: string): string {
  return `agentkeys.cred.aad.v2|${bareHex(actorOmni)}|${service}`;
}

/** AAD of wallet-keyed envelopes. */
export function aadV1(wallet: string, service: string): string {
  return `agentkeys.cred.aad.v1|${wallet.toLowerCase()}|${service}`;
}

/** `bots/<64 hex>/credentials/`. */
export function objectPrefix(actorOmni: string): string {
  return `bots/${bareHex(actorOmni)}/credentials/`;
}

/** `bots/<0x wallet>/credentials/`, where wallet-keyed storage lies. Read and removed, never written. */
export function walletPrefix(wallet: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(wallet)) throw new AgentKeysError("invalid_input", { message: "Expected a wallet address" });
  return `bots/${wallet.toLowerCase()}/credentials/`;
}

/** Object key of a credential; the name is checked before any key is built. */
export function objectKey(actorOmni: string, service: string): string {
  return `${objectPrefix(actorOmni)}${assertService(service)}.enc`;
}

/** Which KEK opens a blob; throws `envelope_too_short` or `envelope_unknown_version`. */
export type EnvelopeKind = { version: 4; epoch: number } | { version: 2 } | { version: 1 };

function headerBytes(kind: EnvelopeKind): number {
  return kind.version === 4 ? 2 : 1;
}

/** Reads the version, and the epoch from the blob itself, never from a cap. */
export function envelopeKind(blob: Uint8Array): EnvelopeKind {
  const version = blob[0];
  if (version === undefined) throw new AgentKeysError("envelope_too_short");
  if (version !== VERSION_EPOCH && version !== VERSION_STATIC && version !== VERSION_WALLET)
    throw new AgentKeysError(blob.length < 1 + NONCE_BYTES + TAG_BYTES ? "envelope_too_short" : "envelope_unknown_version");
  const kind: EnvelopeKind =
    version === VERSION_EPOCH ? { version: 4, epoch: blob[1] ?? 0 } : { version: version === VERSION_STATIC ? 2 : 1 };
  if (blob.length < headerBytes(kind) + NONCE_BYTES + TAG_BYTES) throw new AgentKeysError("envelope_too_short");
  return kind;
}

/** What the first bytes of a blob say of it; `envelope` is null when they are those of no envelope. */
export interface EnvelopeHeader {
  envelope: 1 | 2 | 4 | null;
  epoch?: number;
}

/** Reads as much of a blob's kind as its first two bytes tell. */
export function envelopeHeader(head: Uint8Array): EnvelopeHeader {
  const [version, epoch] = head;
  if (version === VERSION_EPOCH) return epoch === undefined ? { envelope: null } : { envelope: 4, epoch };
  if (version === VERSION_STATIC) return { envelope: 2 };
  return { envelope: version === VERSION_WALLET ? 1 : null };
}

/** Seals under the current epoch: `04 | epoch | nonce12 | ct | tag16`. Epoch 256 is refused, never wrapped. */
export function sealEnvelope(of: { kek: Secret; epoch: number; nonce: Uint8Array; plaintext: Uint8Array; aad: string }): Buffer {
  if (!Number.isInteger(of.epoch) || of.epoch < 1 || of.epoch > MAX_EPOCH)
    throw new AgentKeysError("internal", { message: "The key epoch does not fit one byte" });
  if (of.nonce.length !== NONCE_BYTES) throw new TypeError("nonce must be 12 bytes");
  const cipher = createCipheriv("aes-256-gcm", of.kek.revealBytes(), of.nonce).setAAD(Buffer.from(of.aad, "utf8"));
  const ciphertext = Buffer.concat([cipher.update(of.plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION_EPOCH, of.epoch), of.nonce, ciphertext, cipher.getAuthTag()]);
}

/** Opens any version; a failed tag is `envelope_decrypt`. The caller picks KEK and AAD by {@link envelopeKind}. */
export function openEnvelope(blob: Uint8Array, of: { kek: Secret; aad: string }): Secret {
  const start = headerBytes(envelopeKind(blob));
  const nonce = blob.subarray(start, start + NONCE_BYTES);
  const ciphertext = blob.subarray(start + NONCE_BYTES, blob.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv("aes-256-gcm", of.kek.revealBytes(), nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(of.aad, "utf8"))
      .setAuthTag(blob.subarray(blob.length - TAG_BYTES));
    const plaintext = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    const secret = Secret.of(plaintext);
    plaintext.fill(0);
    return secret;
  } catch (cause) {
    throw new AgentKeysError("envelope_decrypt", { cause });
  }
}
