/** Dollars as texts that people write and integer nano-dollars (10⁻⁹ US$) that are counted with. Never a fraction in binary. */
import { MAX_DAILY_NANO_USD } from "../budget-token/index.ts";
import { AgentKeysError } from "../errors/index.ts";

const NANO_DIGITS = 9;
const DECIMAL = /^(\d{1,7})(?:\.(\d{1,9}))?$/;

/** A decimal text of US dollars as integer nano-dollars, exactly; throws `invalid_input` for anything else. */
export function nanoUsdOf(text: string): number {
  const [, whole = "", fraction = ""] = DECIMAL.exec(text) ?? [];
  const nanoUsd = Number(whole + fraction.padEnd(NANO_DIGITS, "0"));
  if (whole === "" || nanoUsd < 1 || nanoUsd > MAX_DAILY_NANO_USD)
    throw new AgentKeysError("invalid_input", {
      message: "Dollars of a day are a decimal text of more than 0 and at most 1000000, with up to 9 digits after the point",
    });
  return nanoUsd;
}

/** Nano-dollars as a decimal text with two digits after the point or as many as it takes. */
export function usdText(nanoUsd: number): string {
  const digits = String(Math.abs(nanoUsd)).padStart(NANO_DIGITS + 1, "0");
  const fraction = digits.slice(-NANO_DIGITS).replace(/0{1,7}$/, "");
  return `${nanoUsd < 0 ? "-" : ""}${digits.slice(0, -NANO_DIGITS)}.${fraction}`;
}
