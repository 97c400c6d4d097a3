/**
 * Follows the contracts' events by polling: a window of past blocks is read again each time, so that a reorganised block's
 * events are seen, and a failed read is retried from where the last good one ended. Must not know who listens.
 */
import type { ChainEvent, ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";

const REORG_WINDOW_BLOCKS = 12;
const MAX_BLOCKS_A_READ = 2000;
const MAX_SEEN = 10_000;

export interface ChainWatchDeps {
  chain: ChainReader;
  clock: Clock;
  log: Log;
  pollMs: number;
  onEvents: (events: readonly ChainEvent[]) => Promise<void>;
  onRead: () => void;
}

const keyOf = (event: ChainEvent): string => `${event.blockHash}:${event.logIndex}`;

/** Polls until the signal; each event is handed over once for each block it is in. */
export async function watchChain(deps: ChainWatchDeps, signal: AbortSignal): Promise<void> {
  const seen = new Set<string>();
  let next: number | null = null;
  let isFailing = false;
  while (!signal.aborted) {
    try {
      const head = await deps.chain.blockNumber();
      const from: number = Math.max(0, (next ?? head + 1) - REORG_WINDOW_BLOCKS);
      const to = Math.min(head, from + MAX_BLOCKS_A_READ);
      const events = to < from ? [] : await deps.chain.events(from, to);
      const fresh = events.filter((event) => !seen.has(keyOf(event)));
      // Events from before the first read are already in every session's first check.
      if (next !== null && fresh.length > 0) await deps.onEvents(fresh);
      if (seen.size > MAX_SEEN) seen.clear();
      for (const event of events) seen.add(keyOf(event));
      next = to + 1;
      deps.onRead();
      if (isFailing) deps.log.info("chain is readable again");
      isFailing = false;
    } catch (fault) {
      if (!isFailing) deps.log.warn("chain cannot be read, retrying", { cause: fault });
      isFailing = true;
    }
    await deps.clock.sleep(deps.pollMs, signal).catch(() => undefined);
  }
}
