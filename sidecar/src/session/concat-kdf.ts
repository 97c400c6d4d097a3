import { createHash } from "node:crypto";

function prefixed(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Concat KDF (RFC 7518 §4.6.2) for keys of up to 256 bits: one round of SHA-256. */
export function concatKdf(secret: Buffer, of: { algorithm: string; bits: number; partyU?: Buffer; partyV?: Buffer }): Buffer {
  const none = Buffer.alloc(0);
  const info = [prefixed(Buffer.from(of.algorithm)), prefixed(of.partyU ?? none), prefixed(of.partyV ?? none), uint32(of.bits)];
  const digest = createHash("sha256").update(uint32(1)).update(secret);
  for (const part of info) digest.update(part);
  return digest.digest().subarray(0, of.bits / 8);
}
