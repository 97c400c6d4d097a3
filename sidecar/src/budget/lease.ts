/** A slice of a budget as its holder counts it; totals since it was opened, in nano-dollars. */
export interface HeldLease {
  readonly id: string;
  readonly service: string;
  seq: number;
  spentNano: number;
  reservedNano: number;
  /** What the ledger granted. */
  ceilingNano: number;
  /** Nothing new begins after either: a wall clock may be set back, a steady one may stand still while the machine sleeps. */
  usableUntil: Moment;
  /** The figures that the ledger knows. */
  told: string;
}

export interface Moment {
  wallMs: number;
  steadyMs: number;
}

/** A lease of which the ledger knows nothing yet. */
export function newLease(id: string, service: string): HeldLease {
  const never = { wallMs: 0, steadyMs: Number.NEGATIVE_INFINITY };
  return { id, service, seq: 0, spentNano: 0, reservedNano: 0, ceilingNano: 0, usableUntil: never, told: "" };
}

/** What may still be reserved. */
export function freeOf({ ceilingNano, spentNano, reservedNano }: HeldLease): number {
  return Math.max(0, ceilingNano - spentNano - reservedNano);
}

export function isUsable({ usableUntil }: HeldLease, now: Moment): boolean {
  return now.wallMs < usableUntil.wallMs && now.steadyMs < usableUntil.steadyMs;
}

/** What a report of the lease says; equal texts need not be told twice. */
export function figuresOf({ spentNano, reservedNano, ceilingNano }: Pick<HeldLease, "spentNano" | "reservedNano" | "ceilingNano">): string {
  return `${spentNano} ${reservedNano} ${ceilingNano}`;
}
