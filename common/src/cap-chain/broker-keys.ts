import type { Clock } from "../clock/index.ts";
import type { ReadinessCheck } from "../http-admin/index.ts";
import type { HttpClient } from "../http-client/index.ts";
import { publicJwk, thumbprint, type PublicJwk } from "../jose/index.ts";

/** The broker's public keys; `refresh` reads them again when a cap names an unknown one. */
export interface BrokerKeys {
  current(): readonly PublicJwk[];
  refresh(): Promise<void>;
}

const COOLDOWN_MS = 5000;
/** While replicas change over, an answer may come from one that knows only the other key. */
const KEPT_MS = 120_000;

/** Readiness: once read they are kept, so that a broker that restarts does not take its verifiers down with it. */
export function brokerKeysCheck(keys: BrokerKeys): ReadinessCheck {
  return {
    name: "broker keys",
    probe: async () => {
      if (keys.current().length === 0) await keys.refresh();
      return keys.current().length === 0 ? "the broker's JWKS was not read yet" : null;
    },
  };
}

/**
 * The broker's JWKS over HTTPS, read when first needed and at most once in 5 s; a failed read keeps the old keys. A key that is
 * named no more holds two minutes beyond the first answer without it.
 */
export function remoteBrokerKeys(of: { client: HttpClient; url: string; clock: Clock }): BrokerKeys {
  const seen = new Map<string, { key: PublicJwk; untilMs: number }>();
  let readAtMs = -COOLDOWN_MS;
  let underWay: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const { status, body } = await of.client.json("GET", `${of.url}/.well-known/jwks.json`);
    const list = status === 200 ? (body as { keys?: unknown } | null)?.keys : undefined;
    if (!Array.isArray(list)) return;
    const named = list.map(publicJwk);
    if (named.length === 0) return;
    const nowMs = of.clock.nowMs();
    for (const [kid, { key, untilMs }] of seen) {
      if (untilMs <= nowMs) seen.delete(kid);
      else seen.set(kid, { key, untilMs: Math.min(untilMs, nowMs + KEPT_MS) });
    }
    for (const jwk of named) seen.set(thumbprint(jwk), { key: { ...jwk, kid: thumbprint(jwk) }, untilMs: Infinity });
  };
  return {
    current: () => [...seen.values()].filter(({ untilMs }) => untilMs > of.clock.nowMs()).map(({ key }) => key),
    refresh: () => {
      if (underWay !== null) return underWay;
      if (of.clock.nowMs() - readAtMs < COOLDOWN_MS) return Promise.resolve();
      readAtMs = of.clock.nowMs();
      underWay = read()
        .catch(() => undefined)
        .finally(() => (underWay = null));
      return underWay;
    },
  };
}
