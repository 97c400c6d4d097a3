/**
 * Reads of the chain for many sessions at once: no more than so many are under way, whoever asks, and within one sweep the
 * same question is asked once. Must not know sessions.
 */
import type { CapFacts, CapQuestion, ChainReader } from "@agentkeys/common/chain";

export type ReadFacts = (question: CapQuestion) => Promise<CapFacts>;

/** Answers a function that begins a sweep; an answer is never kept beyond the sweep it was read in. */
export function boundedFacts(chain: ChainReader, limit: number): () => ReadFacts {
  const take = createTurnstile(limit);
  return () => {
    const asked = new Map<string, Promise<CapFacts>>();
    return ({ deviceKeyHash, operatorOmni, actorOmni, serviceHash }) => {
      const key = `${deviceKeyHash}${operatorOmni}${actorOmni}${serviceHash}`;
      const known = asked.get(key);
      if (known !== undefined) return known;
      const answer = take(() => chain.capFacts({ deviceKeyHash, operatorOmni, actorOmni, serviceHash }));
      asked.set(key, answer);
      return answer;
    };
  };
}

function createTurnstile(limit: number): <T>(run: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (running < limit) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const wake = waiting.shift();
      if (wake === undefined) running -= 1;
      else wake();
    }
  };
}
