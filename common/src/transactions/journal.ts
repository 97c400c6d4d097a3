/** A transaction that a node may have heard of. All attempts of one journal entry have one nonce: at most one is ever mined. */
export interface Attempt {
  /** What the newest of them does. */
  call: { to: string; data: string; gasLimit: bigint };
  nonce: number;
  /** Signed, newest last; whichever is mined counts. */
  raws: readonly string[];
  hashes: readonly string[];
  maxFeePerGas: bigint;
  maxPriorityFeePerGas: bigint;
}

/** Where the transaction under way is kept; on disk it survives the process. */
export interface Journal {
  load(): Attempt | null;
  /** Before a node hears of it. */
  save(attempt: Attempt): void;
  clear(): void;
}

/** A journal in memory. */
export function createJournal(): Journal {
  let kept: Attempt | null = null;
  return {
    load: () => kept,
    save: (attempt) => void (kept = attempt),
    clear: () => void (kept = null),
  };
}
