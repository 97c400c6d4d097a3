import type { Clock } from "../clock/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import { thumbprint, verifyEmbeddedJwk, type PublicJwk } from "../jose/index.ts";
import { accessTokenHash, DPOP_TYP } from "../dpop-proof/index.ts";

const WINDOW_SECONDS = 30;
const MAX_PROOF_CHARS = 4096;

/** Remembers proof ids for the window, so that each is used once per replica. Bounded: full means refuse. */
export class ReplayCache {
  readonly #clock: Clock;
  readonly #limit: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnedAtMs: number;

  constructor(clock: Clock, limit = 100_000) {
    this.#clock = clock;
    this.#limit = limit;
    this.#turnedAtMs = clock.nowMs();
  }

  /** True when `id` was not seen within the last two windows; remembers it. */
  admit(id: string): boolean {
    const elapsedMs = this.#clock.nowMs() - this.#turnedAtMs;
    if (elapsedMs > 2 * WINDOW_SECONDS * 1000) {
      this.#previous = elapsedMs > 4 * WINDOW_SECONDS * 1000 ? new Set() : this.#current;
      this.#current = new Set();
      this.#turnedAtMs = this.#clock.nowMs();
    }
    if (this.#current.has(id) || this.#previous.has(id) || this.#current.size >= this.#limit) return false;
    this.#current.add(id);
    return true;
  }
}

/** What a proof must match. `url` is the server's public origin plus path, without query. */
export interface ProofExpectation {
  proof: unknown;
  method: string;
  url: string;
  clock: Clock;
  accessToken?: string;
  seen?: ReplayCache;
  expectedThumbprint?: string;
}

/** Verifies a proof in RFC 9449 §4.3's order and answers the key's thumbprint; throws `cap_pop_invalid`. */
export async function verifyProof(expect: ProofExpectation): Promise<{ jkt: string; jwk: PublicJwk }> {
  const refuse = (detail: string, cause?: unknown): AgentKeysError => new AgentKeysError("cap_pop_invalid", { detail, cause });
  const { proof } = expect;
  if (typeof proof !== "string" || proof.length > MAX_PROOF_CHARS) throw refuse("no proof, or too long");
  const { payload, jwk } = await verifyEmbeddedJwk(proof, { typ: DPOP_TYP }).catch((cause: unknown) => {
    throw refuse("signature or header", cause);
  });
  if (payload["htm"] !== expect.method) throw refuse("htm");
  if (payload["htu"] !== expect.url) throw refuse("htu");
  const { iat, jti } = payload;
  if (typeof iat !== "number" || Math.abs(expect.clock.nowSeconds() - iat) > WINDOW_SECONDS) throw refuse("iat outside the window");
  if (typeof jti !== "string" || jti.length < 8 || jti.length > 128) throw refuse("jti");
  if (expect.accessToken !== undefined && payload["ath"] !== accessTokenHash(expect.accessToken)) throw refuse("ath");
  const jkt = thumbprint(jwk);
  if (expect.expectedThumbprint !== undefined && jkt !== expect.expectedThumbprint) throw refuse("another key");
  if (expect.seen?.admit(`${jkt}:${jti}`) === false) throw refuse("replayed");
  return { jkt, jwk };
}
