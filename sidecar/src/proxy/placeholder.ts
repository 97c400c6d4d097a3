import { hash, timingSafeEqual } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Secret } from "@agentkeys/common/secret";

/** Checks what an agent sent where a key goes, and finds the placeholder where it must not be. */
export interface PlaceholderCheck {
  /** Throws unless the slot's value is the placeholder, bare, after a scheme word, or in Basic as user or password. */
  checkSlot(value: string): void;
  /** Whether the text holds the placeholder, as it is or percent-encoded. */
  isIn(text: string): boolean;
  /** Length and bytes for the body scan. */
  readonly bytes: Buffer;
}

/** Shapes of keys that providers issue, and any long run of key characters. */
const REAL_KEY =
  /^(?:sk-|sk_(?:live|test)_|rk_|pk_|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|AIza|AKIA|ASIA|gsk_|hf_|r8_|SG\.|shpat_|lin_api_|ey[A-Za-z0-9_-]+\.)|^[A-Za-z0-9_\-./+=]{32,}$/;

function withoutScheme(value: string): string {
  const trimmed = value.trim();
  const space = trimmed.indexOf(" ");
  return space < 0 ? trimmed : trimmed.slice(space + 1).trim();
}

function candidates(value: string): string[] {
  const credential = withoutScheme(value);
  if (!/^basic /i.test(value.trim())) return [credential];
  const pair = Buffer.from(credential, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon < 0 ? [pair] : [pair, pair.slice(0, colon), pair.slice(colon + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Comparison is over digests and in constant time, so that neither content nor length of the placeholder can be probed. */
export function createPlaceholderCheck(placeholder: Secret): PlaceholderCheck {
  const text = placeholder.reveal();
  const digest = hash("sha256", text, "buffer");
  const isPlaceholder = (value: string): boolean => timingSafeEqual(hash("sha256", value, "buffer"), digest);
  return {
    bytes: Buffer.from(text),
    checkSlot(value) {
      const found = candidates(value);
      let isMatch = false;
      for (const candidate of found) isMatch = isPlaceholder(candidate) || isMatch;
      if (!isMatch)
        throw new AgentKeysError(found.some((candidate) => REAL_KEY.test(candidate)) ? "real_key_refused" : "placeholder_wrong");
    },
    isIn: (value) => value.includes(text) || (value.includes("%") && decoded(value).includes(text)),
  };
}
