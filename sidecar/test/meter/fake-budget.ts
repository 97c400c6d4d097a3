import { AgentKeysError } from "@agentkeys/common/errors";
import type { Budget, Reservation } from "../../src/proxy/ports.ts";

/** A day's dollars in memory: counts what is reserved and what was charged; debt is a negative rest. */
export class FakeBudget implements Budget {
  leftNanoUsd: number;
  reserved: number[] = [];
  charged: number[] = [];
  released = 0;
  open = 0;
  asked = 0;
  fault: AgentKeysError | null = null;
  hold: Promise<void> | null = null;

  constructor(leftNanoUsd: number) {
    this.leftNanoUsd = leftNanoUsd;
  }

  reserve(_service: string, nanoUsd: number): Reservation | Promise<Reservation> {
    this.asked += 1;
    return this.hold === null ? this.#take(nanoUsd) : this.hold.then(() => this.#take(nanoUsd));
  }

  #take(nanoUsd: number): Reservation {
    if (this.fault !== null) throw this.fault;
    if (this.leftNanoUsd < nanoUsd) throw new AgentKeysError("budget_exceeded", { retryAfterSeconds: 3600 });
    this.leftNanoUsd -= nanoUsd;
    this.reserved.push(nanoUsd);
    this.open += 1;
    let isOpen = true;
    const close = (costNanoUsd: number): void => {
      if (!isOpen) throw new AgentKeysError("internal", { detail: "a reservation was ended twice" });
      isOpen = false;
      this.open -= 1;
      this.leftNanoUsd += nanoUsd - costNanoUsd;
    };
    return {
      commit: (cost) => {
        close(cost);
        this.charged.push(cost);
      },
      release: () => {
        close(0);
        this.released += 1;
      },
    };
  }
}
