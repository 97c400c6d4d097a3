import type { Clock } from "@agentkeys/common/clock";
import type { CallMeter } from "../meter/index.ts";
import { Bag } from "./bag.ts";

/** An answer whose agent has gone is read on for its usage this long and this far at most. */
export const DRAIN_MS = 5_000;
export const DRAIN_BYTES = 256 * 1024;
/** Agents that open calls only to leave them do not fill the memory; what comes on top is cut at once. */
export const MAX_DRAINS = 64;

/** Answers that are read on without an agent. */
export interface Drains {
  /** `stop` ends the request upstream; called once the usage is known, the time is up or everything ends. */
  begin(meter: CallMeter, stop: () => void): void;
  /** Ends all of them, each charged for what was seen. */
  cut(): void;
}

export function createDrains(clock: Clock): Drains {
  const running = new Bag<() => void>();
  return {
    begin(meter, stop) {
      if (running.size >= MAX_DRAINS) {
        meter.cut();
        stop();
        return;
      }
      const timer = new AbortController();
      const end = (): void => {
        meter.cut();
        stop();
      };
      const place = running.put(end);
      meter.whenSettled(() => {
        running.take(place);
        timer.abort();
      });
      clock.sleep(DRAIN_MS, timer.signal).then(end, () => undefined);
    },
    cut() {
      for (const end of running.items()) end();
    },
  };
}
