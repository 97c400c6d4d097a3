import { createPublicKey, type KeyObject } from "node:crypto";

/** How a verifier's key begins. A private key would be taken as its public half: it does not belong into a policy. */
export const VERIFIER_KEY_PATTERN = "^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----";

const SHAPE = new RegExp(VERIFIER_KEY_PATTERN);

/** A verifier's public key, or that of its certificate, PEM; null when it cannot be read. */
export function verifierKey(pem: string): KeyObject | null {
  if (!SHAPE.test(pem.trimStart())) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}
