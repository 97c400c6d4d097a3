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

/** The broker's JWKS over HTTPS, read when first needed and at most once in 5 s; a failed read keeps the old keys. */
export function remoteBrokerKeys(of: { client: HttpClient; url: string; clock: Clock }): BrokerKeys {
  let keys: readonly PublicJwk[] = [];
  let readAtMs = -COOLDOWN_MS;
  let underWay: Promise<void> | null = null;
  const read = async (): Promise<void> => {
    const { status, body } = await of.client.json("GET", `${of.url}/.well-known/jwks.json`);
    const list = status === 200 ? (body as { keys?: unknown } | null)?.keys : undefined;
    if (!Array.isArray(list)) return;
    keys = list.map((entry) => {
      const jwk = publicJwk(entry);
      return { ...jwk, kid: thumbprint(jwk) };
    });
  };
  return {
    current: () => keys,
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
