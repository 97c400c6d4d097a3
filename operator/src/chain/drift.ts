import type { ChainEvent, ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";

/** Blocks read again, so that an event of a block that replaced another is seen. */
const REREAD_BLOCKS = 12;
const MOST_BLOCKS = 2000;

export interface DriftOptions {
  reader: Pick<ChainReader, "blockNumber" | "events">;
  clock: Clock;
  log: Log;
  pollMs: number;
  /** Hears each event once for each block it is in. */
  onEvents: (events: readonly ChainEvent[]) => void;
}

/** Follows the contracts' events from now on until `signal` is aborted. What it misses while the chain is away is left to periodic looks. */
export async function followChain(options: DriftOptions, signal: AbortSignal): Promise<void> {
  const { clock, log, pollMs } = options;
  const state: Followed = { next: null, seen: new Set() };
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await readOnce(options, state);
      isFailing = false;
    } catch (fault) {
      if (!isFailing) log.warn("chain events not read, will retry", { fault });
      isFailing = true;
    }
    await clock.sleep(pollMs, signal).catch(() => undefined);
  }
}

interface Followed {
  next: number | null;
  seen: ReadonlySet<string>;
}

async function readOnce({ reader, onEvents }: DriftOptions, state: Followed): Promise<void> {
  const head = await reader.blockNumber();
  // A head far below what was read is another chain, as a development chain after a restart.
  const isRestarted = state.next !== null && head < state.next - REREAD_BLOCKS;
  const next = isRestarted ? 0 : (state.next ?? head + 1);
  const from = Math.max(0, next - REREAD_BLOCKS);
  const to = Math.min(head, from + MOST_BLOCKS);
  const events = to < from ? [] : await reader.events(from, to);
  const keyOf = ({ blockHash, logIndex }: ChainEvent): string => `${blockHash}:${logIndex}`;
  const fresh = events.filter((event) => !state.seen.has(keyOf(event)));
  if (state.next !== null && fresh.length > 0) onEvents(fresh);
  state.seen = new Set(events.map(keyOf));
  state.next = to + 1;
}
