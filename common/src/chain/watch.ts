/**
 * Follows the contracts' events by polling: a window of past blocks is read again each time, so that a reorganised block's
 * events and the ones that vanished with the block before it are seen, and a failed read is retried from where the last good
 * one ended. Must not know who listens.
 */
import type { Clock } from "../clock/index.ts";
import type { Log } from "../log/index.ts";
import type { ChainEvent, ChainReader } from "./types.ts";

const REORG_WINDOW_BLOCKS = 12;
const MAX_BLOCKS_A_READ = 2000;

/** What one read brought: events not handed over before, and events handed over before whose block is gone. */
export interface ChainChange {
  fresh: readonly ChainEvent[];
  vanished: readonly ChainEvent[];
}

export interface ChainWatchDeps {
  chain: Pick<ChainReader, "blockNumber" | "events">;
  clock: Clock;
  log: Log;
  pollMs: number;
  /** When it rejects, the same change is handed over again at the next poll. */
  onChange: (change: ChainChange) => Promise<void>;
  /** After each read whose change was taken. */
  onRead?: () => void;
}

const keyOf = (event: ChainEvent): string => `${event.blockHash}:${event.logIndex}`;

/** Polls until the signal; each event is handed over once for each block it is in. */
export async function watchChain(deps: ChainWatchDeps, signal: AbortSignal): Promise<void> {
  const follow = createFollower(deps);
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await follow();
      deps.onRead?.();
      if (isFailing) deps.log.info("chain is readable again");
      isFailing = false;
    } catch (fault) {
      if (!isFailing) deps.log.warn("chain cannot be read, retrying", { cause: fault });
      isFailing = true;
    }
    await deps.clock.sleep(deps.pollMs, signal).catch(() => undefined);
  }
}

function createFollower({ chain, onChange }: ChainWatchDeps): () => Promise<void> {
  let recent = new Map<string, ChainEvent>();
  let next: number | null = null;
  let span = MAX_BLOCKS_A_READ;
  return async () => {
    const head = await chain.blockNumber();
    // A head far below what was read is another chain, as a development chain after a restart: all of it is news.
    const isAnother = next !== null && head < next - REORG_WINDOW_BLOCKS;
    const begin: number | null = isAnother ? 0 : next;
    const from: number = Math.max(0, (begin ?? head + 1) - REORG_WINDOW_BLOCKS);
    const to: number = Math.min(head, Math.max(from, (begin ?? 0) - 1) + span);
    // A node may refuse a range for its size: the next try asks for half of it.
    span = Math.max(1, Math.floor(span / 2));
    const events = to < from ? [] : await chain.events(from, to);
    span = Math.min(MAX_BLOCKS_A_READ, span * 4);
    const found = new Map(events.map((event) => [keyOf(event), event]));
    const fresh = events.filter((event) => !recent.has(keyOf(event)));
    const vanished = [...recent].filter(([key, { blockNumber }]) => blockNumber >= from && !found.has(key)).map(([, event]) => event);
    // Events from before the first read are already in every session's first check.
    if (next !== null && fresh.length + vanished.length > 0) await onChange({ fresh, vanished });
    recent = found;
    next = to + 1;
  };
}
