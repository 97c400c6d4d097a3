import type { Ask } from "./ask.ts";
import { chargeOf, type Charge } from "./charge.ts";
import type { Prices, Rate } from "./prices.ts";
import { StreamReader, jsonReader, unreadable, type AnswerReader } from "./readers.ts";
import { Tally } from "./tally.ts";

/** What was set aside for a call. */
export interface Held {
  commit(nanoUsd: number): void;
  release(): void;
}

export interface CallMeterOptions {
  /** Null for a call of which nothing can be read. */
  ask: Ask | null;
  /** Null for a model without a price. */
  rate: Rate | null;
  prices: Prices;
  /** What is set aside for the call, or would be: without a budget it is not even worked out for most calls. */
  reservedNanoUsd: () => number;
  /** Null for a service without a budget. */
  held: Held | null;
  now: () => Date;
}

const FREE: Charge = { nanoUsd: 0, basis: "none" };

function readerFor(ask: Ask | null, tally: Tally, contentType: string, encoding: string): AnswerReader {
  if (ask === null || !(encoding === "" || encoding === "identity")) return unreadable(tally);
  if (contentType.startsWith("text/event-stream")) return new StreamReader(ask.shape, tally, ask.hidesUsage);
  return /^application\/(?:[a-z.-]+\+)?json\b/.test(contentType) ? jsonReader(tally) : unreadable(tally);
}

/** Follows one call from its reservation to its charge, and charges once, whichever way the call ends. */
export class CallMeter {
  readonly #options: CallMeterOptions;
  readonly #tally = new Tally();
  #reader: AnswerReader | null = null;
  #isSent = false;
  #isRefused = false;
  #charge: Charge | null = null;
  #onSettled: ((charge: Charge) => void)[] = [];

  constructor(options: CallMeterOptions) {
    this.#options = options;
  }

  /** The usage of the whole call is known. */
  get isFinal(): boolean {
    return this.#tally.isFinal;
  }

  /** Without its agent the call is still worth reading on for a moment: its usage is near, or the provider finishes it anyway. */
  get isWorthDraining(): boolean {
    if (this.#charge !== null || this.isFinal || this.#options.ask === null || !this.#isSent) return false;
    return this.#tally.isEnding || !this.#options.ask.isStream;
  }

  /** From here on the provider may have taken the request. */
  sent(): void {
    this.#isSent = true;
  }

  head(status: number, contentType: string, encoding: string): void {
    this.#isRefused = status >= 300;
    this.#reader = this.#isRefused ? null : readerFor(this.#options.ask, this.#tally, contentType.toLowerCase(), encoding.toLowerCase());
  }

  /** The agent gets fewer bytes than the provider sends. */
  get isHiding(): boolean {
    return this.#reader instanceof StreamReader && this.#options.ask?.hidesUsage === true;
  }

  /** What of a chunk goes on to the agent. */
  data(chunk: Buffer): Buffer {
    return this.#reader === null ? chunk : this.#reader.push(chunk);
  }

  /** The answer is complete; what was held back of it. */
  finish(): Buffer {
    const rest = this.#reader?.end() ?? Buffer.alloc(0);
    this.#settle(true);
    return rest;
  }

  /** The call goes no further. Harmless after its end. */
  cut(): void {
    this.#settle(false);
  }

  /** Tells what the call cost, at once when that is known. */
  whenSettled(tell: (charge: Charge) => void): void {
    if (this.#charge === null) this.#onSettled.push(tell);
    else tell(this.#charge);
  }

  #settle(isComplete: boolean): void {
    if (this.#charge !== null) return;
    const charge = this.#chargeOf(isComplete);
    this.#charge = charge;
    if (charge.basis === "none") this.#options.held?.release();
    else this.#options.held?.commit(charge.nanoUsd);
    for (const tell of this.#onSettled) tell(charge);
    this.#onSettled = [];
  }

  #chargeOf(isComplete: boolean): Charge {
    const { ask, rate, prices, reservedNanoUsd, now } = this.#options;
    if (!this.#isSent || this.#isRefused) return FREE;
    if (ask === null) return { nanoUsd: reservedNanoUsd(), basis: "reservation" };
    return chargeOf({ ask, rate, prices, tally: this.#tally, isComplete, reservedNanoUsd, at: now() });
  }
}
