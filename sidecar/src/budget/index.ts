/**
 * Dollars of the binding's day: slices leased from the ledger behind the broker and spent here without asking, what each call reserved
 * and cost, and the journal of both. Must not know prices, requests or credentials.
 */
import { join } from "node:path";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { Budget, PolicySource, Reservation } from "../proxy/index.ts";
import { memoryJournal, openJournal, type Journal } from "./journal.ts";
import { Purse, type TellLedger } from "./purse.ts";

export { ledgerClient, type LedgerClientDeps } from "./ledger-client.ts";
export type { TellLedger } from "./purse.ts";

/** The ledger hears of what was spent within this time, also of a proxy that dies for good. */
const REPORT_MS = 1000;
const SETTLE_MS = 3000;

export interface BudgetDeps {
  policy: PolicySource;
  clock: Clock;
  /** Milliseconds that no setting of the clock moves. */
  steadyMs: () => number;
  newId: () => string;
  log: Log;
  metrics: Metrics;
  /** Empty: what is spent is remembered in memory only. */
  stateDir: string;
  tell: TellLedger;
}

export interface RunningBudget extends Budget {
  /** Tells the ledger what it does not know yet; what fails is told later. */
  report(): Promise<void>;
  /** Reports until the signal. */
  run(signal: AbortSignal): Promise<void>;
  /** Settles everything; call it when no call is under way any more. */
  close(): Promise<void>;
}

/** Opens the journal; the ledger is asked at the first reservation. */
export function createBudget(deps: BudgetDeps): RunningBudget {
  const { clock, log, metrics } = deps;
  const count = metrics.counter("budget_reservations_total", "Reservations for calls by outcome", ["outcome"]);
  const reports = metrics.counter("budget_reports_total", "Reports to the ledger by outcome", ["outcome"]);
  const journal = openOrForget(deps);
  const now = (): { wallMs: number; steadyMs: number } => ({ wallMs: clock.nowMs(), steadyMs: deps.steadyMs() });
  const onFault = (cause: unknown): void => {
    log.error("the budget journal cannot be written", { cause });
  };
  const purses = new Map<string, Purse>();
  const purseOf = (service: string): Purse => {
    let purse = purses.get(service);
    if (purse === undefined) {
      const recovered = journal.recovered.filter((lease) => lease.service === service);
      purses.set(service, (purse = new Purse(service, { ...deps, journal, now, onFault }, recovered)));
    }
    return purse;
  };
  for (const { service } of journal.recovered) purseOf(service);
  if (journal.recovered.length > 0) log.info("spending of an earlier run is settled", { count: journal.recovered.length });

  const reportAll = async (work: (purse: Purse) => Promise<void>): Promise<void> => {
    await Promise.all(
      [...purses].map(async ([service, purse]) => {
        try {
          await work(purse);
          reports.inc({ outcome: "ok" });
        } catch (fault) {
          const { code } = toAgentKeysError(fault);
          reports.inc({ outcome: code });
          log.warn("the ledger was not told, will retry", { service, code, cause: fault });
        }
      }),
    );
  };
  const counted = (reservation: Promise<Reservation>): Promise<Reservation> =>
    reservation.then(
      (held) => {
        count.inc({ outcome: "asked" });
        return held;
      },
      (fault: unknown) => {
        count.inc({ outcome: toAgentKeysError(fault).code });
        throw fault;
      },
    );
  return {
    reserve(service, nanoUsd) {
      const budget = deps.policy.current()?.services.get(service)?.budget ?? null;
      if (budget === null)
        return counted(Promise.reject(new AgentKeysError("ledger_unreachable", { detail: "the policy holds no budget statement" })));
      const held = purseOf(service).reserve(nanoUsd);
      if (held instanceof Promise) return counted(held);
      count.inc({ outcome: "at_once" });
      return held;
    },
    report: () => reportAll((purse) => purse.report()),
    async run(signal) {
      while (!signal.aborted) {
        await this.report();
        await clock.sleep(REPORT_MS, signal).catch(() => undefined);
      }
    },
    async close() {
      const settled = reportAll((purse) => purse.settle()).then(() => {
        journal.close();
      });
      // A ledger that is away keeps no process from ending: the journal settles at the next start, or the lease expires.
      const timer = new AbortController();
      await Promise.race([settled, clock.sleep(SETTLE_MS, timer.signal).catch(() => undefined)]);
      timer.abort();
    },
  };
}

/** A folder that cannot be written keeps no agent from working; what is spent is then at risk of a crash, which is said. */
function openOrForget({ stateDir, log }: BudgetDeps): Journal {
  if (stateDir === "") return memoryJournal();
  try {
    return openJournal(join(stateDir, "budget"));
  } catch (cause) {
    log.error("the budget journal cannot be opened: a crash may lose charges", { cause });
    return memoryJournal();
  }
}
