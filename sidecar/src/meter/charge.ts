import type { Usage } from "@pydantic/genai-prices";
import type { Ask } from "./ask.ts";
import { deliveredUsage, tokensOf } from "./estimate.ts";
import { nanoUsdOf, roundUp } from "./money.ts";
import type { Prices, Rate } from "./prices.ts";
import { fieldsOf, type Tally } from "./tally.ts";

/**
 * Where a charge comes from: what the provider said, what passed, what was set aside, that nothing was used, or that there is no
 * price (only where no budget depends on it).
 */
export type Basis = "usage" | "estimate" | "reservation" | "none" | "unpriced";

export interface Charge {
  nanoUsd: number;
  basis: Basis;
}

export interface ChargeInput {
  ask: Ask;
  /** Rate of the model that was asked for, null when it has none. */
  rate: Rate | null;
  prices: Prices;
  tally: Tally;
  /** The answer came to its end. */
  isComplete: boolean;
  /** What is set aside for the call, or would be. */
  reservedNanoUsd: () => number;
  at: Date;
}

/** Dearer ways of being served that the table does not know, at the most that providers take for them over the plain price. */
const PRIORITY_FACTOR = 2.5;
const FAST_FACTOR = 6;
const US_ONLY_FACTOR = 1.1;

function factorOf({ serviceTier, usage }: Tally): number {
  const tier = serviceTier === "priority" ? PRIORITY_FACTOR : 1;
  const speed = usage?.["speed"] === "fast" ? FAST_FACTOR : 1;
  return tier * speed * (usage?.["inference_geo"] === "us" ? US_ONLY_FACTOR : 1);
}

/** OpenRouter says what it charged, in credits, which are dollars; with the account's own provider key that is its fee alone. */
function statedNanoUsd(ask: Ask, { usage }: Tally): number | null {
  const cost = usage?.["cost"];
  if (ask.provider !== "openrouter" || typeof cost !== "number") return null;
  const own = usage?.["is_byok"] === true ? fieldsOf(usage["cost_details"])?.["upstream_inference_cost"] : 0;
  return nanoUsdOf(cost + (typeof own === "number" ? own : 0));
}

function readUsage({ ask, prices, tally, isComplete }: ChargeInput): Usage | null {
  if (tally.usage === null) return null;
  const usage = prices.usage(ask.provider, ask.shape, { usage: tally.usage, usageMetadata: tally.usage });
  if (usage === null) return null;
  const searches = { web_searches: tally.webSearches, storage_searches: tally.storageSearches };
  const tools = Object.fromEntries(Object.entries(searches).filter(([, count]) => count > 0));
  if (tally.isFinal) return { ...usage, ...tools };
  // Said at the beginning of the answer: the input is right, the output has only begun.
  if (isComplete && tally.deliveredBytes === 0) return null;
  return { ...usage, ...tools, output_tokens: Math.max(usage["output_tokens"] ?? 0, tokensOf(tally.deliveredBytes)) };
}

/** Price of what passed; never less than what was set aside when the answer ran to its end or was one that providers finish anyway. */
function estimated({ ask, tally, isComplete, reservedNanoUsd, at }: ChargeInput, rate: Rate): Charge {
  const reserved = reservedNanoUsd();
  const delivered = rate.charge(deliveredUsage(ask, tally.deliveredBytes), at) ?? reserved;
  const isWhole = isComplete || !ask.isStream || tally.isBroken;
  if (isWhole && reserved >= delivered) return { nanoUsd: reserved, basis: "reservation" };
  return { nanoUsd: delivered, basis: "estimate" };
}

/** What an answered call costs. A usage that makes no sense is as good as none: the call is charged by estimate, never nothing. */
export function chargeOf(input: ChargeInput): Charge {
  const { ask, prices, tally, at } = input;
  const stated = tally.isFinal ? statedNanoUsd(ask, tally) : null;
  if (stated !== null) return { nanoUsd: stated, basis: "usage" };
  const served = tally.model === null ? null : prices.find(ask.provider, tally.model);
  const rate = served ?? input.rate;
  if (rate === null) return { nanoUsd: 0, basis: "unpriced" };
  const usage = tally.isBroken && !tally.isFinal ? null : readUsage(input);
  const plain = usage === null ? null : rate.charge(usage, at);
  if (plain === null) return estimated(input, rate);
  return { nanoUsd: roundUp(plain * factorOf(tally)), basis: tally.isFinal ? "usage" : "estimate" };
}
