/**
 * The broker's public keys: read early and again each half minute, and at once when an event names one that is not known, so
 * that a rotation leaves no gap. Must not know what is signed with them.
 */
import type { Clock } from "@agentkeys/common/clock";
import type { HttpClient } from "@agentkeys/common/http-client";
import { importJwks, type PublicKey } from "../session/index.ts";

const REFRESH_MS = 30_000;
const FIRST_RETRY_MS = 500;
/** An unknown key id makes us read at most this often: events are not trusted before they are verified. */
const COOLDOWN_MS = 1000;
/** While replicas change over, an answer may come from one that knows only the other key. */
const KEPT_MS = 120_000;

export class BrokerKeys {
  readonly #deps: { client: HttpClient; clock: Clock; brokerUrl: string };
  readonly #seen = new Map<string, { key: PublicKey; atMs: number }>();
  #readAtMs = -COOLDOWN_MS;
  #underWay: Promise<void> | null = null;

  constructor(deps: { client: HttpClient; clock: Clock; brokerUrl: string }) {
    this.#deps = deps;
  }

  current(): PublicKey[] {
    return [...this.#seen.values()].map(({ key }) => key);
  }

  /** Reads again unless the key is known or was asked for a moment ago. */
  async learn(kid: string | null): Promise<void> {
    if (kid === null || this.#seen.has(kid)) return;
    if (this.#underWay === null && this.#deps.clock.nowMs() - this.#readAtMs < COOLDOWN_MS) return;
    await this.refresh();
  }

  /** One read for all who ask at once; a failed one keeps what is known. */
  refresh(): Promise<void> {
    this.#underWay ??= this.#read()
      .catch(() => undefined)
      .finally(() => (this.#underWay = null));
    return this.#underWay;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.refresh();
      await this.#deps.clock.sleep(this.#seen.size === 0 ? FIRST_RETRY_MS : REFRESH_MS, signal).catch(() => undefined);
    }
  }

  async #read(): Promise<void> {
    const { client, clock, brokerUrl } = this.#deps;
    this.#readAtMs = clock.nowMs();
    const answer = await client.json("GET", `${brokerUrl}/.well-known/jwks.json`);
    const keys = answer.status === 200 ? importJwks(answer.body) : [];
    if (keys.length === 0) return;
    const atMs = clock.nowMs();
    for (const key of keys) this.#seen.set(key.kid, { key, atMs });
    for (const [kid, seen] of this.#seen) if (atMs - seen.atMs > KEPT_MS) this.#seen.delete(kid);
  }
}
