const NANO = 1e9;
/** Relative slack of binary fractions: 0.1 + 0.2 dollars must not round up to one nano-dollar more than it is. */
const SLACK = 1e-14;
/** No single call costs more; a figure above it is a fault of who said it. */
const MAX_CALL_NANO_USD = 10_000 * NANO;

/** Up to the next whole number, without the dust that binary fractions leave. */
export function roundUp(nanoUsd: number): number {
  return Math.ceil(nanoUsd * (1 - SLACK));
}

/** Dollars to whole nano-dollars, rounded up; null for what is no price of one call (negative, not a number, above 10,000 dollars). */
export function nanoUsdOf(dollars: number): number | null {
  const nano = dollars * NANO;
  if (!(nano >= 0) || nano > MAX_CALL_NANO_USD) return null;
  return roundUp(nano);
}
