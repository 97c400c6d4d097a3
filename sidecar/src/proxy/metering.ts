import type { Readable } from "node:stream";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { ServicePricing } from "@agentkeys/common/wire";
import {
  CallMeter,
  PRICE_VERSION,
  opaqueUsage,
  readAsk,
  reservedUsage,
  routeOf,
  unreadAsk,
  type Ask,
  type Prices,
  type Rate,
  type Route,
} from "../meter/index.ts";
import type { CompiledService } from "../policy/index.ts";
import type { Admission } from "./admission.ts";
import { openBody, readWhole } from "./body.ts";
import type { Call } from "./call.ts";
import type { PlaceholderCheck } from "./placeholder.ts";
import type { Budget, Reservation } from "./ports.ts";

/** Longest body of a priced call that is read before it is sent, and how much of such bodies is held at a time. */
export const MAX_PRICED_BODY_BYTES = 8 * 1024 * 1024;
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** What goes upstream in place of what the agent sent. */
export interface Outgoing {
  headers: string[];
  body: Buffer | Readable | null;
}

export interface MeteringDeps {
  prices: () => Promise<Prices>;
  budget: Budget | undefined;
  log: Log;
  clock: Clock;
  placeholder: PlaceholderCheck;
  bodyIdleMs: number;
}

export interface Metering {
  /**
   * Sets a price on a call of a service that has prices: reads the request, reserves where a daily limit holds and gives the call
   * its meter. Null: the call is sent as it is. Where no limit holds nothing is refused; what cannot be priced goes unpriced.
   */
  open(call: Call, admission: Admission): Promise<Outgoing | null>;
}

type Priced = Extract<Route, { kind: "priced" }>;

const NO_PRICE = {
  websocket: "A service with a daily budget takes no WebSockets: what passes through them has no price",
  batch: "A service with a daily budget takes no batches and no background calls: their cost comes up after the answer",
  opaque: "This call of a service with a daily budget has no price that could be known: use another path, or set spec.pricing.unknownModel",
} as const;

function unpriced(what: keyof typeof NO_PRICE): never {
  throw new AgentKeysError("model_unpriced", { message: NO_PRICE[what] });
}

/** Headers for a body whose length is told anew. */
function withoutLength(headers: readonly string[]): string[] {
  return headers.filter((_, index) => headers[index - (index % 2)]?.toLowerCase() !== "content-length");
}

function isPlainJson(call: Call): boolean {
  return (call.request.headers["content-encoding"] ?? "identity").toLowerCase() === "identity";
}

/** Prices the calls of one proxy. */
export function createMetering(deps: MeteringDeps): Metering {
  let heldBytes = 0;

  const readBody = async (call: Call, service: CompiledService): Promise<{ whole: Buffer | null; rest: Readable | null }> => {
    const gate = openBody(call, { placeholder: deps.placeholder, maxBytes: service.limits.bodyBytes, idleMs: deps.bodyIdleMs });
    if (gate === null) return { whole: null, rest: null };
    let own = 0;
    call.onEnd(() => (heldBytes -= own));
    const whole = await readWhole(call, gate, (bytes) => {
      own += bytes;
      heldBytes += bytes;
      return own <= MAX_PRICED_BODY_BYTES && heldBytes <= MAX_HELD_BYTES;
    });
    if (whole === null && service.dailyNanoUsd !== null)
      throw new AgentKeysError(own > MAX_PRICED_BODY_BYTES ? "payload_too_large" : "concurrency_limited", { retryAfterSeconds: 1 });
    return { whole, rest: whole === null ? gate : null };
  };

  /** Without a budget to keep, a table that cannot be loaded stops nobody. */
  const pricesFor = async (service: CompiledService): Promise<Prices | null> => {
    try {
      return await deps.prices();
    } catch (error) {
      if (service.dailyNanoUsd !== null) throw error;
      deps.log.error("the price table cannot be loaded: calls go unpriced", { error });
      return null;
    }
  };

  const rateFor = (prices: Prices, pricing: ServicePricing, model: string | null, isLimited: boolean): Rate | null => {
    const found = model === null ? null : prices.find(pricing.provider, model);
    if (found !== null || !isLimited) return found;
    const dearest = pricing.unknownModel === "ChargeDearest" ? prices.dearest(pricing.provider) : null;
    if (dearest === null) throw new AgentKeysError("model_unpriced", { detail: pricing.provider });
    return dearest;
  };

  const reserve = async (call: Call, service: CompiledService, nanoUsd: number): Promise<Reservation> => {
    if (deps.budget === undefined) throw new AgentKeysError("ledger_unreachable", { detail: "no ledger" });
    const held = await deps.budget.reserve(service.name, nanoUsd);
    if (!call.isEnded) return held;
    held.release();
    throw new AgentKeysError("client_aborted");
  };

  const attach = async (call: Call, service: CompiledService, ask: Ask | null, rate: Rate | null, prices: Prices): Promise<void> => {
    const usage = ask === null ? opaqueUsage(Number(call.request.headers["content-length"])) : reservedUsage(ask);
    const now = (): Date => new Date(deps.clock.nowMs());
    const arrived = now();
    const reservedNanoUsd = (): number => rate?.charge(usage, arrived) ?? 0;
    const held = service.dailyNanoUsd === null ? null : await reserve(call, service, reservedNanoUsd());
    const meter = new CallMeter({ ask, rate, prices, reservedNanoUsd, held, now });
    call.meter = meter;
    call.onEnd(() => {
      if (!call.isDraining) meter.cut();
    });
  };

  const readPriced = async (call: Call, admission: Admission, route: Priced, pricing: ServicePricing): Promise<Outgoing> => {
    const { service, headers } = admission;
    const isLimited = service.dailyNanoUsd !== null;
    const [prices, { whole, rest }] = await Promise.all([pricesFor(service), readBody(call, service)]);
    let ask = unreadAsk(route, pricing.provider, whole?.length ?? Number(call.request.headers["content-length"] ?? 0));
    try {
      if (!isPlainJson(call)) throw new AgentKeysError("body_unreadable", { detail: "encoded" });
      if (rest === null) ask = readAsk(route, pricing.provider, whole ?? Buffer.alloc(0));
    } catch (fault) {
      if (isLimited) throw fault;
      ask = { ...ask, body: whole ?? ask.body };
    }
    if (ask.isBackground && isLimited) unpriced("batch");
    if (prices !== null && !ask.isBackground) await attach(call, service, ask, rateFor(prices, pricing, ask.model, isLimited), prices);
    return { headers: rest === null ? withoutLength(headers) : headers, body: rest ?? ask.body };
  };

  const openOpaque = async (call: Call, service: CompiledService, pricing: ServicePricing): Promise<null> => {
    if (service.dailyNanoUsd === null) return null;
    if (pricing.unknownModel === "Refuse") unpriced("opaque");
    const prices = await deps.prices();
    await attach(call, service, null, rateFor(prices, pricing, null, true), prices);
    return null;
  };

  return {
    async open(call, admission) {
      const { service, target } = admission;
      const { pricing } = service;
      if (pricing === null) return null;
      const isLimited = service.dailyNanoUsd !== null;
      if (call.isUpgrade) return isLimited ? unpriced("websocket") : null;
      const route = routeOf(call.request.method ?? "", service.basePath + target.path);
      switch (route.kind) {
        case "free":
          call.priceVersion = PRICE_VERSION;
          return null;
        case "batch":
          return isLimited ? unpriced("batch") : null;
        case "opaque":
          return openOpaque(call, service, pricing);
        case "priced":
          return readPriced(call, admission, route, pricing);
      }
    },
  };
}
