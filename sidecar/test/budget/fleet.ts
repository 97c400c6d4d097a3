/** Proxies of one binding with the real ledger's rules behind them; time is a fake clock, the network a function. */
import { AgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import type { LeaseAnswer } from "@agentkeys/common/wire";
import { dayText, decide, type Account } from "../../../broker/src/domain/ledger/index.ts";
import { openFileLedger } from "../../../broker/src/ledger/sqlite.ts";
import { createBudget, type RunningBudget, type TellLedger } from "../../src/budget/index.ts";
import type { PolicySource } from "../../src/proxy/index.ts";

export const LEASE_MS = 120_000;
const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const NAME = { operatorOmni: hex("1"), actorOmni: hex("2"), serviceHash: serviceHash("openai") };

const withStatement = { current: () => ({ services: new Map([["openai", { budget: "a statement" }]]) }), onChange: () => () => undefined };

export interface Fleet {
  clock: FakeClock;
  /** Exchanges so far. */
  asked: () => number;
  limit: (nanoUsd: number) => void;
  setDown: (isDown: boolean) => void;
  /** The broker refuses with this code; out of scope it still takes what was spent. Null: no more. */
  refuse: (code: ErrorCode | null) => void;
  /** What the proxies logged. */
  logText: () => string;
  /** The next answer is lost on its way back. */
  loseAnswer: () => void;
  /** A proxy; `steps` of its steady clock follow the fake one unless it says otherwise. */
  start: (stateDir?: string, steadyMs?: () => number) => RunningBudget;
  account: () => Promise<Account>;
}

export function createFleet(limitNano: number, nowSeconds = Date.UTC(2026, 10, 25, 12) / 1000): Fleet {
  const clock = new FakeClock(nowSeconds);
  const store = openFileLedger(":memory:");
  const { log, text } = captureLog();
  let refusal: ErrorCode | null = null;
  let [isDown, isLosing, asked, ids, issuedAt, limit] = [false, false, 0, 0, 1, limitNano];
  const tell: TellLedger = async (lease, ask): Promise<LeaseAnswer> => {
    const report = { leaseId: lease.id, seq: lease.seq, spentNano: lease.spentNano, reservedNano: lease.reservedNano, ...ask };
    // The network is not instant: others get their word in.
    await new Promise((resolve) => setImmediate(resolve));
    asked += 1;
    if (isDown) throw new AgentKeysError("upstream_unreachable");
    const isSettling = refusal === "service_not_in_scope" && ask.needNano === 0 && ask.wantNano === 0;
    if (refusal !== null && !isSettling) throw new AgentKeysError(refusal);
    const nowMs = clock.nowMs();
    const { lease: held, ...grant } = await store.change({ name: NAME, leaseId: lease.id, nowMs }, (books) => {
      const { grant: answer, ...changed } = decide(books, report, {
        nowMs,
        leaseMs: LEASE_MS,
        ...(isSettling ? {} : { statement: { dailyNanoUsd: limit, issuedAt } }),
      });
      return { ...changed, answer };
    });
    if (isLosing) {
      isLosing = false;
      throw new AgentKeysError("upstream_unreachable", { detail: "the answer was lost" });
    }
    return {
      ...{ granted_nano: held.grantedNano, usable_ms: grant.usableMs, left_nano: grant.leftNano },
      ...{ lent_elsewhere_nano: grant.lentElsewhereNano, alone: grant.isAlone, day: dayText(held.day) },
    };
  };
  return {
    clock,
    asked: () => asked,
    limit: (nanoUsd) => {
      limit = nanoUsd;
      issuedAt += 1;
    },
    setDown: (value) => {
      isDown = value;
    },
    refuse: (code) => {
      refusal = code;
    },
    logText: text,
    loseAnswer: () => {
      isLosing = true;
    },
    start: (stateDir = "", steadyMs = () => clock.nowMs()) =>
      createBudget({
        ...{ policy: withStatement as unknown as PolicySource, clock, steadyMs, stateDir, tell },
        ...{ newId: () => `lease-${++ids}-of-the-fleet`, log, metrics: createMetrics("sidecar") },
      }),
    account: () => store.change({ name: NAME, leaseId: "none", nowMs: 0 }, ({ account }) => ({ account, leases: [], answer: account })),
  };
}
