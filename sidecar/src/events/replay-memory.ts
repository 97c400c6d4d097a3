import { createHash } from "node:crypto";
import type { Clock } from "@agentkeys/common/clock";

/** Remembers tokens for as long as their age lets them pass, whatever stream they came on. */
export class ReplayMemory {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /**
   * Whether the token is new; remembers it. The signature is left out: with ECDSA anybody can make a second one for the same
   * text. What is forgotten is too old to pass, so the memory holds what a broker signs in that time.
   */
  isNew(token: string): boolean {
    const nowMs = this.#clock.nowMs();
    for (const [known, atMs] of this.#seen) {
      if (nowMs - atMs <= this.#keptMs) break;
      this.#seen.delete(known);
    }
    const digest = createHash("sha256")
      .update(token.slice(0, token.lastIndexOf(".")))
      .digest("base64url");
    if (this.#seen.has(digest)) return false;
    this.#seen.set(digest, nowMs);
    return true;
  }
}
