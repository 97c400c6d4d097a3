import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { LeaseAnswer } from "@agentkeys/common/wire";
import type { Reservation } from "../proxy/index.ts";
import type { Journal, JournalLease } from "./journal.ts";
import { figuresOf, freeOf, isUsable, newLease, type HeldLease, type Moment } from "./lease.ts";
import { wantedSlice } from "./slices.ts";

/** Unused money goes back after this long without a call, and with the next report where little is left. */
const IDLE_MS = 5000;
/** A call that found the rest lent to others may find it given back then. */
const SOON_SECONDS = 5;
/** A refused report is told again after this long; every further one waits twice as long, until something is taken. */
const FIRST_REFUSED_MS = 2000;
const MAX_REFUSED_MS = 60_000;
/** After a failure, slices for calls to come are not asked for with every call. */
const QUIET_MS = 1000;
const DAY_MS = 86_400_000;

/** One exchange with the ledger; throws an AgentKeysError. */
export type TellLedger = (lease: HeldLease, ask: Ask) => Promise<LeaseAnswer>;

export interface Ask {
  keepNano: number;
  needNano: number;
  wantNano: number;
  isFinal: boolean;
}

export interface PurseDeps {
  journal: Journal;
  now: () => Moment;
  newId: () => string;
  tell: TellLedger;
  /** Told of a journal that cannot be written. */
  onFault: (fault: unknown) => void;
}

interface Waiting {
  nanoUsd: number;
  resolve: (reservation: Reservation) => void;
  reject: (fault: AgentKeysError) => void;
}

/** The broker's own no, which no repetition turns into a yes soon. */
function isRefusal(fault: unknown): fault is AgentKeysError {
  return fault instanceof AgentKeysError && fault.status === 403;
}

function unreachable(cause: unknown): AgentKeysError {
  const detail = cause instanceof AgentKeysError ? cause.code : "internal";
  return new AgentKeysError("ledger_unreachable", { detail, cause, retryAfterSeconds: SOON_SECONDS });
}

/** The money of one service: a current lease, older ones that still have calls or a last word to say, and the calls that wait. */
export class Purse {
  readonly #deps: PurseDeps;
  readonly #service: string;
  #current: HeldLease | null = null;
  readonly #ending = new Set<HeldLease>();
  #waiting: Waiting[] = [];
  #turn: Promise<void> = Promise.resolve();
  #isAsking = false;
  #leftNano = 0;
  #takenNano = 0;
  #largestNano = 0;
  #lastUseMs = 0;
  #renewAtMs = 0;
  #quietUntilMs = Number.NEGATIVE_INFINITY;
  /** Reports refused since the ledger took anything, and when the next one is due. */
  #refusals = 0;
  #reportAtMs = Number.NEGATIVE_INFINITY;

  constructor(service: string, deps: PurseDeps, recovered: readonly JournalLease[]) {
    this.#deps = deps;
    this.#service = service;
    for (const { id, spentNano } of recovered) this.#ending.add({ ...newLease(id, service), spentNano });
  }

  /** Whether the ledger has heard the last of everything. */
  get isSettled(): boolean {
    return this.#current === null && this.#ending.size === 0;
  }

  reserve(nanoUsd: number): Reservation | Promise<Reservation> {
    const now = this.#deps.now();
    this.#lastUseMs = now.steadyMs;
    this.#largestNano = Math.max(nanoUsd, Math.floor(this.#largestNano * 0.9));
    const lease = this.#current;
    if (lease !== null && this.#waiting.length === 0 && isUsable(lease, now) && freeOf(lease) >= nanoUsd) {
      const taken = this.#take(lease, nanoUsd);
      if (freeOf(lease) < this.#wanted() / 2 && now.steadyMs >= this.#quietUntilMs) void this.#ask();
      return taken;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ nanoUsd, resolve, reject });
      void this.#ask();
    });
  }

  /**
   * What the ledger does not know yet, told to it; unused money is given back. Throws when it cannot be told; where it was refused,
   * nothing is told for a while.
   */
  async report(): Promise<void> {
    if (this.#deps.now().steadyMs >= this.#reportAtMs) await this.#report();
  }

  async #report(): Promise<void> {
    try {
      await this.#inTurn(() => this.#tell());
    } catch (fault) {
      if (isRefusal(fault)) {
        this.#reportAtMs = this.#deps.now().steadyMs + Math.min(MAX_REFUSED_MS, FIRST_REFUSED_MS * 2 ** this.#refusals);
        this.#refusals += 1;
      }
      throw fault;
    }
  }

  async #tell(): Promise<void> {
    for (const lease of [...this.#ending]) await this.#tellEnding(lease);
    const lease = this.#current;
    if (lease === null) return;
    const { steadyMs } = this.#deps.now();
    // Where little is left nobody keeps any of it for later.
    const isScarce = this.#wanted() === 0;
    const isIdle = (isScarce || steadyMs - this.#lastUseMs >= IDLE_MS) && this.#waiting.length === 0;
    const hasMore = freeOf(lease) > 0;
    if (isIdle && !hasMore && lease.reservedNano === 0 && !isUsable(lease, this.#deps.now())) {
      this.#end(lease);
      await this.#tellEnding(lease);
      return;
    }
    const isDue = steadyMs >= this.#renewAtMs && (lease.reservedNano > 0 || hasMore);
    if (!isDue && lease.told === figuresOf(lease) && !(isIdle && hasMore)) return;
    if (isIdle) lease.ceilingNano = lease.spentNano + lease.reservedNano;
    const answer = await this.#exchange(lease, { needNano: 0, wantNano: 0 });
    if (answer.usable_ms === 0) this.#end(lease);
  }

  /** The last word: nothing is reserved any more. */
  async settle(): Promise<void> {
    if (this.#current !== null) this.#end(this.#current);
    await this.#report();
  }

  /** Asks for what waiting calls need, and serves or refuses those it asked for; once at a time. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      do await this.#inTurn(() => this.#askOnce());
      while (this.#waiting.length > 0);
    } finally {
      this.#isAsking = false;
    }
  }

  async #askOnce(): Promise<void> {
    const asked = this.#waiting.length;
    try {
      let answer = await this.#askFor(this.#current ?? this.#open());
      if (answer.usable_ms === 0) {
        // The day is over, or the ledger has given the lease up: calls under way stay on it, new ones begin on another.
        if (this.#current !== null) this.#end(this.#current);
        answer = await this.#askFor(this.#open());
      }
      const served = this.#waiting.splice(0, asked);
      for (const waiting of served) this.#serve(waiting, answer);
    } catch (cause) {
      this.#quietUntilMs = this.#deps.now().steadyMs + QUIET_MS;
      const fault = isRefusal(cause) ? cause : unreachable(cause);
      for (const waiting of this.#waiting.splice(0, asked)) waiting.reject(fault);
    }
  }

  #askFor(lease: HeldLease): Promise<LeaseAnswer> {
    const waitingNano = this.#waiting.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
    const needNano = Math.max(0, waitingNano - freeOf(lease));
    return this.#exchange(lease, { needNano, wantNano: this.#wanted() });
  }

  #serve(waiting: Waiting, answer: LeaseAnswer): void {
    const lease = this.#current;
    try {
      if (lease === null) throw new AgentKeysError("ledger_unreachable", { detail: "the lease ended at once" });
      const free = freeOf(lease);
      const isLast = answer.alone && lease.reservedNano === 0 && free > 0;
      if (free < waiting.nanoUsd && !isLast) {
        // What is too little for this call may be enough for another proxy's: it goes back with the next report.
        const refusal = this.#refusal(lease, answer);
        lease.ceilingNano -= free;
        throw refusal;
      }
      waiting.resolve(this.#take(lease, Math.min(waiting.nanoUsd, free)));
    } catch (fault) {
      waiting.reject(toAgentKeysError(fault));
    }
  }

  #refusal(lease: HeldLease, answer: LeaseAnswer): AgentKeysError {
    const isUsedUp = answer.left_nano === 0 && answer.lent_elsewhere_nano === 0 && lease.reservedNano === 0 && freeOf(lease) === 0;
    if (!isUsedUp)
      return new AgentKeysError("budget_exceeded", {
        message: "What is left of the binding's daily budget for this service is held by calls under way",
        retryAfterSeconds: SOON_SECONDS,
      });
    const { wallMs } = this.#deps.now();
    const dayEndsMs = Date.parse(`${answer.day}T00:00:00Z`) + DAY_MS;
    return new AgentKeysError("budget_exceeded", {
      message: "The binding's daily budget for this service is used up until 00:00 UTC",
      retryAfterSeconds: Math.max(1, Math.ceil((dayEndsMs - wallMs) / 1000)),
    });
  }

  #wanted(): number {
    return wantedSlice({ leftNano: this.#leftNano, takenNano: this.#takenNano, largestNano: this.#largestNano });
  }

  #open(): HeldLease {
    const lease = newLease(this.#deps.newId(), this.#service);
    this.#deps.journal.opened(lease);
    this.#current = lease;
    return lease;
  }

  #end(lease: HeldLease): void {
    this.#ending.add(lease);
    if (this.#current === lease) this.#current = null;
  }

  #take(lease: HeldLease, nanoUsd: number): Reservation {
    const name = this.#note(() => this.#deps.journal.reserved(lease.id, nanoUsd));
    lease.reservedNano += nanoUsd;
    this.#takenNano += nanoUsd;
    let isOver = false;
    const end = (costNano: number): void => {
      if (isOver) return;
      isOver = true;
      lease.reservedNano -= nanoUsd;
      lease.spentNano += costNano;
      try {
        this.#deps.journal.ended(name, costNano);
      } catch (fault) {
        this.#deps.onFault(fault);
      }
    };
    return { commit: end, release: () => end(0) };
  }

  /** A call whose reservation is not on disk does not go out. */
  #note<T>(write: () => T): T {
    try {
      return write();
    } catch (cause) {
      this.#deps.onFault(cause);
      throw new AgentKeysError("ledger_unreachable", { detail: "the budget journal cannot be written", cause });
    }
  }

  async #tellEnding(lease: HeldLease): Promise<void> {
    const isFinal = lease.reservedNano === 0;
    lease.ceilingNano = lease.spentNano + lease.reservedNano;
    const isDue = this.#deps.now().steadyMs >= this.#renewAtMs;
    if (!isFinal && !isDue && lease.told === figuresOf(lease)) return;
    await this.#exchange(lease, { needNano: 0, wantNano: 0, isFinal });
    if (!isFinal) return;
    this.#ending.delete(lease);
    this.#deps.journal.closed(lease.id);
  }

  async #exchange(lease: HeldLease, ask: Omit<Ask, "keepNano" | "isFinal"> & { isFinal?: boolean }): Promise<LeaseAnswer> {
    const { spentNano, reservedNano } = lease;
    const sentAt = this.#deps.now();
    lease.seq += 1;
    this.#takenNano = 0;
    const answer = await this.#deps.tell(lease, { isFinal: false, ...ask, keepNano: lease.ceilingNano });
    this.#refusals = 0;
    this.#reportAtMs = Number.NEGATIVE_INFINITY;
    lease.ceilingNano = answer.granted_nano;
    lease.told = figuresOf({ spentNano, reservedNano, ceilingNano: answer.granted_nano });
    const { usable_ms: usableMs } = answer;
    lease.usableUntil = { wallMs: sentAt.wallMs + usableMs, steadyMs: sentAt.steadyMs + usableMs };
    if (usableMs > 0) this.#renewAtMs = sentAt.steadyMs + usableMs / 3;
    this.#leftNano = answer.left_nano;
    return answer;
  }

  /** Exchanges of one purse go one after another, so that no answer is overtaken by an older one. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const before = this.#turn;
    const mine = before.catch(() => undefined).then(work);
    this.#turn = mine;
    await mine;
  }
}
