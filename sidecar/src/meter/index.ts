/**
 * What a call costs: the price of a model, what a request may cost before it is sent, and what its answer says it did cost. Works on
 * bytes and numbers; must not know sockets, credentials or where a budget is kept. Money is in nano-dollars, whole and rounded up.
 */
export { readAsk, unreadAsk, type Ask } from "./ask.ts";
export { CallMeter, type Held } from "./call-meter.ts";
export type { Basis, Charge } from "./charge.ts";
export { MAX_RESERVED_INPUT_TOKENS, MAX_RESERVED_OUTPUT_TOKENS, opaqueUsage, reservedUsage, tokensOf } from "./estimate.ts";
export { PRICE_VERSION, createPriceSource, type Prices, type Rate } from "./prices.ts";
export { routeOf, type Route, type Shape } from "./routes.ts";
