import type * as GenaiPrices from "@pydantic/genai-prices";
import type { ModelInfo, ModelPrice, Provider, Usage } from "@pydantic/genai-prices";
import { nanoUsdOf } from "./money.ts";
import type { Shape } from "./routes.ts";

type Library = Pick<typeof GenaiPrices, "calcPrice" | "extractUsage" | "findProvider">;

/** What one model costs. */
export interface Rate {
  /** Nano-dollars of a usage at a time, rounded up; null for a usage that cannot be. */
  charge(usage: Usage, at: Date): number | null;
}

/** The price table of one version. */
export interface Prices {
  /** Name and version of the table, for audit rows. */
  readonly version: string;
  /** The rate of a model at a provider, null when the table does not have it. */
  find(provider: string, model: string): Rate | null;
  /** A rate that no model of the provider is above, null for a provider the table does not have. */
  dearest(provider: string): Rate | null;
  /** Reads the usage out of an answer `{model, usage…}` of a shape; null when it holds none or one that cannot be. */
  usage(provider: string, shape: Shape, answer: unknown): Usage | null;
}

/** Held to the installed package by a test. */
export const PRICE_VERSION = "genai-prices 0.1.8";

/** More names than this are not kept: they come from requests. */
const MAX_KNOWN = 512;
const MAX_COUNT = 1e9;
const PROBE: Usage = { input_tokens: 1e6, output_tokens: 1e6 };

/** Names of the table's readers for a shape, the first that a provider has counts. */
const FLAVORS: Readonly<Record<Shape, readonly string[]>> = {
  chat: ["chat", "default"],
  completions: ["chat", "default"],
  responses: ["responses"],
  embeddings: ["embeddings"],
  images: ["images"],
  messages: ["anthropic", "default"],
  gemini: ["default"],
  "gemini-embed": ["default"],
};
/** Whose readers stand in for a provider that has none of its own for a shape. */
const SPEAKERS: Readonly<Record<Shape, string>> = {
  chat: "openai",
  completions: "openai",
  responses: "openai",
  embeddings: "openai",
  images: "openai",
  messages: "anthropic",
  gemini: "google",
  "gemini-embed": "google",
};

function isPlausible(usage: Usage): boolean {
  return Object.values(usage).every((count) => count === undefined || (count >= 0 && count <= MAX_COUNT));
}

function pricesOf(model: ModelInfo): ModelPrice[] {
  return Array.isArray(model.prices) ? model.prices.map(({ prices }) => prices) : [model.prices];
}

/** Highest price under keys that match, over all models, times and tiers. */
function highest(provider: Provider, key: RegExp): number {
  let most = 0;
  for (const price of provider.models.flatMap(pricesOf))
    for (const [name, value] of Object.entries(price)) {
      if (value === undefined || !key.test(name)) continue;
      const levels = typeof value === "number" ? [value] : [value.base, ...value.tiers.map((tier) => tier.price)];
      most = Math.max(most, ...levels);
    }
  return most;
}

function dearestModel(provider: Provider): ModelInfo {
  const prices: ModelPrice = {
    input_mtok: highest(provider, /^(?:input|cache)_.*mtok$/),
    output_mtok: highest(provider, /^output_.*mtok$/),
    web_searches_kcount: highest(provider, /^web_searches_kcount$/),
    storage_searches_kcount: highest(provider, /^storage_searches_kcount$/),
    requests_kcount: highest(provider, /^requests_kcount$/),
  };
  return { id: "dearest", match: { equals: "dearest" }, prices };
}

function rateOf(library: Library, owner: Provider, model: ModelInfo, name: string): Rate {
  // One model alone: the library looks through all of a provider's for each price.
  const provider: Provider = { id: owner.id, name: owner.name, api_pattern: owner.api_pattern, models: [model] };
  return {
    charge(usage, at) {
      if (!isPlausible(usage)) return null;
      try {
        const price = library.calcPrice(usage, name, { provider, timestamp: at });
        return price === null ? null : nanoUsdOf(price.total_price);
      } catch {
        return null;
      }
    },
  };
}

/** A model is priced by tokens or free. One that is priced by something we do not see (seconds of sound) is as good as unknown. */
function isMeasurable(rate: Rate, model: ModelInfo): boolean {
  const isFree = pricesOf(model).every((price) => Object.keys(price).length === 0);
  return isFree || (rate.charge(PROBE, new Date()) ?? 0) > 0;
}

function readUsage(library: Library, provider: string, shape: Shape, answer: unknown): Usage | null {
  for (const id of [provider, SPEAKERS[shape]]) {
    const found = library.findProvider({ providerId: id });
    const flavor = FLAVORS[shape].find((name) => found?.extractors?.some((reader) => reader.api_flavor === name));
    if (found === undefined || flavor === undefined) continue;
    try {
      const { usage } = library.extractUsage(found, answer, flavor);
      if (isPlausible(usage)) return usage;
    } catch {
      continue;
    }
  }
  return null;
}

/** The table of `@pydantic/genai-prices` as it was installed; it is never updated over the network. */
export function createPrices(library: Library): Prices {
  const known = new Map<string, Rate | null>();
  const remember = (key: string, find: () => Rate | null): Rate | null => {
    const held = known.get(key);
    if (held !== undefined) return held;
    if (known.size >= MAX_KNOWN) known.clear();
    const rate = find();
    known.set(key, rate);
    return rate;
  };
  return {
    version: PRICE_VERSION,
    find: (providerId, model) =>
      remember(`${providerId} ${model}`, () => {
        const found = library.calcPrice({}, model, { providerId });
        if (found === null) return null;
        const rate = rateOf(library, found.provider, found.model, model);
        return isMeasurable(rate, found.model) ? rate : null;
      }),
    dearest: (providerId) =>
      remember(providerId, () => {
        const provider = library.findProvider({ providerId });
        return provider === undefined ? null : rateOf(library, provider, dearestModel(provider), "dearest");
      }),
    usage: (provider, shape, answer) => readUsage(library, provider, shape, answer),
  };
}

/** Loads the table when it is first asked for: it is most of a megabyte, and most sidecars never price a call. */
export function createPriceSource(load: () => Promise<Library> = () => import("@pydantic/genai-prices")): () => Promise<Prices> {
  let loading: Promise<Prices> | null = null;
  return () =>
    (loading ??= load().then(createPrices, (fault: unknown) => {
      loading = null;
      throw fault;
    }));
}
