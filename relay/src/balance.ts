import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import { formatEther } from "ethers";
import type { ForwarderView } from "./chain/index.ts";

const EVERY_MS = 15_000;
const FIRST_MS = 500;
const GWEI = 1_000_000_000n;

/** Looks at the wallet that pays, now and then. `missing` says what to do while it cannot. */
export function watchBalance(
  of: {
    forwarder: Pick<ForwarderView, "balance">;
    payer: string;
    clock: Clock;
    log: Log;
    gauge: { set(value: number): void };
    minGwei: number;
  },
  signal: AbortSignal,
): { missing: () => string | null; done: Promise<void> } {
  const { forwarder, payer, clock, log, gauge, minGwei } = of;
  let missing: string | null = "chain: not asked yet";
  const look = async (): Promise<void> => {
    try {
      const wei = await forwarder.balance();
      gauge.set(Number(wei / GWEI));
      const isLow = wei < BigInt(minGwei) * GWEI;
      const text = isLow ? `balance: ${payer} has ${formatEther(wei)}, send it coins` : null;
      if (isLow && missing !== text) log.error("the wallet that pays runs low", { payer, balance: formatEther(wei) });
      missing = text;
    } catch (fault) {
      if (missing === null) log.warn("the balance cannot be read", { fault });
      missing = "chain: the balance cannot be read";
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look();
      await clock.sleep(missing === null ? EVERY_MS : FIRST_MS, signal).catch(() => undefined);
    }
  };
  return { missing: () => missing, done: run() };
}
