import type { AgentKeysError } from "@agentkeys/common/errors";
import { Bag } from "./bag.ts";
import type { Call } from "./call.ts";

/** The calls that run now, so that a revocation, a policy or the end of the process can cut them. */
export interface Flights {
  readonly size: number;
  add(call: Call): void;
  /** Ends every running call that `matches`; answers how many. */
  cut(matches: (call: Call) => boolean, fault: (call: Call) => AgentKeysError): number;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

/** A call stays in flight until it ends. */
export function createFlights(): Flights {
  const running = new Bag<Call>();
  let waiting: (() => void)[] = [];
  return {
    get size() {
      return running.size;
    },
    add(call) {
      const place = running.put(call);
      call.onEnd(() => {
        running.take(place);
        if (running.size > 0) return;
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      });
    },
    cut(matches, fault) {
      const matching = running.items().filter(matches);
      for (const call of matching) call.fail(fault(call));
      return matching.length;
    },
    idle: () => (running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
