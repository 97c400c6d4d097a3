import { deriveKekV1, kekV1Message } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { bareHex, keyHex, normaliseHex32, parseKey32, type Hex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import { Secret } from "@agentkeys/common/secret";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import { hashMessage, SigningKey } from "ethers";
import { hkdfSync } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Keys of an older deployment whose blobs are still read: the static worker KEK (envelope 0x02) and the wallets that
 * keyed storage before (0x01). Only for opening; nothing is sealed under them.
 */
export interface LegacyKeys {
  /** Wallet under which an actor's older credentials lie. */
  walletOf: (actorOmni: Hex) => string | null;
  staticKek(): Secret | null;
  walletKek(actorOmni: Hex, service: string): Secret | null;
}

interface MappedWallet {
  wallet: string;
  key: Secret | null;
}

export const NO_LEGACY_KEYS: LegacyKeys = { walletOf: () => null, staticKek: () => null, walletKek: () => null };

/** The same outside the migration window: no wallet is known, envelopes at an actor's own path still open. */
export function withoutWallets(keys: LegacyKeys): LegacyKeys {
  return { ...NO_LEGACY_KEYS, staticKek: () => keys.staticKek() };
}

const WALLET = /^0x[0-9a-f]{40}$/;

/** Key of a wallet as the older signer derived it from its master secret. */
export function deriveWalletKey(masterSecret: Secret, omniAccount: string): Secret {
  const info = Buffer.concat([Buffer.of(1), Buffer.from("agentkeys-evm-wallet"), Buffer.from(bareHex(omniAccount), "hex")]);
  return Secret.of(Buffer.from(hkdfSync("sha256", masterSecret.revealBytes(), "agentkeys-signer-v0", info, 32)));
}

/** EIP-191 signature with v in 0, 1, as the older signer made it. */
export function signAsWallet(key: Secret, message: string | Uint8Array): Buffer {
  const { r, s, yParity } = new SigningKey(keyHex(key)).sign(hashMessage(message));
  return Buffer.concat([Buffer.from(r.slice(2), "hex"), Buffer.from(s.slice(2), "hex"), Buffer.of(yParity)]);
}

const LOOK_EVERY_MS = 2000;

/**
 * The folder's keys, read again within two seconds of a change of its files, so that a wallet can be mapped without a restart.
 * A folder that is wrong at the start throws as {@link readLegacyDir} does; later it is logged and what was read before stays.
 */
export function openLegacyDir(dir: string, deps: { clock: Clock; log?: Log } = { clock: systemClock }): LegacyKeys {
  let stamp = stampOf(dir);
  let keys = readLegacyDir(dir);
  let lookedAtMs = deps.clock.nowMs();
  const current = (): LegacyKeys => {
    const nowMs = deps.clock.nowMs();
    if (nowMs - lookedAtMs < LOOK_EVERY_MS) return keys;
    lookedAtMs = nowMs;
    try {
      const seen = stampOf(dir);
      if (seen === stamp) return keys;
      stamp = seen;
      keys = readLegacyDir(dir);
      deps.log?.info("keys of the older deployment were read again");
    } catch (cause) {
      deps.log?.error("legacyDir cannot be read again, its keys stay as they were", { cause });
    }
    return keys;
  };
  return {
    walletOf: (actor) => current().walletOf(actor),
    staticKek: () => current().staticKek(),
    walletKek: (actor, service) => current().walletKek(actor, service),
  };
}

/** Changes with every change of a file: a volume exchanges all at once, a person writes one. */
function stampOf(dir: string): string {
  const files = readdirSync(dir).filter((name) => !name.startsWith("."));
  return files
    .map((name) => {
      const { ino, mtimeMs, size } = statSync(join(dir, name));
      return `${name}:${ino}:${mtimeMs}:${size}`;
    })
    .join("\n");
}

/**
 * Reads the folder once: `static-kek`, `master-secret`, `wallets.json` (`{"<actor omni>": {"wallet": "0x…", "omni"?: "<omni the
 * master secret knew it by>"}}`) and `<0x wallet>.key`, all optional. Throws `config_invalid` naming every problem.
 */
function readLegacyDir(dir: string): LegacyKeys {
  const read = (name: string): Secret | null => (existsSync(join(dir, name)) ? parseKey32(readFileSync(join(dir, name))) : null);
  const staticKek = read("static-kek");
  const master = read("master-secret");
  const wallets = new Map<Hex, MappedWallet>();
  for (const [actor, { wallet, omni }] of Object.entries(readMap(dir))) {
    const derived = master === null ? null : deriveWalletKey(master, omni ?? actor);
    wallets.set(normaliseHex32(actor), { wallet, key: read(`${wallet}.key`) ?? derived });
  }
  return {
    walletOf: (actor) => wallets.get(actor)?.wallet ?? null,
    // A copy: callers wipe what they are given.
    staticKek: () => (staticKek === null ? null : Secret.of(staticKek.revealBytes())),
    walletKek: (actor, service) => {
      const { wallet = "", key = null } = wallets.get(actor) ?? {};
      return key === null ? null : deriveKekV1(signAsWallet(key, kekV1Message(wallet, service)));
    },
  };
}

function readMap(dir: string): Record<string, { wallet: string; omni?: string }> {
  const path = join(dir, "wallets.json");
  if (!existsSync(path)) return {};
  const problems: string[] = [];
  const map: Record<string, { wallet: string; omni?: string }> = {};
  const seen = new Set<string>();
  for (const [actor, value] of Object.entries(parseObject(readFileSync(path, "utf8"), problems))) {
    const { wallet, omni } = (value ?? {}) as { wallet?: unknown; omni?: unknown };
    const lower = typeof wallet === "string" ? wallet.toLowerCase() : "";
    if (!isOmni(actor) || !WALLET.test(lower) || (omni !== undefined && !isOmni(omni)))
      problems.push(`${actor}: needs an omni and a wallet`);
    else if (seen.has(lower)) problems.push(`${actor}: wallet ${lower} is another actor's already`);
    else map[actor] = { wallet: lower, ...(typeof omni === "string" ? { omni } : {}) };
    seen.add(lower);
  }
  if (problems.length > 0)
    throw new AgentKeysError("config_invalid", { message: `legacyDir: wallets.json is invalid:\n  ${problems.join("\n  ")}` });
  return map;
}

function parseObject(text: string, problems: string[]): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // reported below
  }
  problems.push("not a JSON object");
  return {};
}

function isOmni(value: unknown): boolean {
  return typeof value === "string" && /^(0x)?[0-9a-fA-F]{64}$/.test(value);
}
