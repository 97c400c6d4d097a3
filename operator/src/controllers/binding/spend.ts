import { nanoUsdOf, usdText } from "@agentkeys/common/dollars";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import type { AgentKeysBinding, BindingServiceStatus } from "../../api/types.ts";
import type { DaySpend, SpendBook } from "../../credentials/index.ts";
import type { AcceptedService, Verdict } from "../../domain/index.ts";

type Figures = Required<Pick<BindingServiceStatus, "day" | "spentUsd" | "leftUsd">>;

export interface SpendStatus {
  /** Figures of each service that has a budget and was read. */
  services: ReadonlyMap<string, Figures>;
  /** Over all services, and of the one that has least left; absent when nothing is known. */
  totals: { spentUsd?: string; leftUsd?: string };
  /** Absent without a budget. */
  verdict?: Verdict;
}

interface Known {
  name: string;
  day: string;
  spentNano: number;
  leftNano: number;
}

/** What a binding spent today and what is left of it, by the ledger as it was read last. */
export function spendStatus(accepted: readonly AcceptedService[], actorOmni: Hex, book: Pick<SpendBook, "of">): SpendStatus {
  const budgets = accepted.flatMap(({ spec: { name, limits } }) =>
    limits?.dailyUsd === undefined ? [] : [{ name, usd: limits.dailyUsd }],
  );
  if (budgets.length === 0) return { services: new Map(), totals: {} };
  const known = budgets.flatMap(({ name, usd }) => knownOf(name, nanoUsdOf(usd), book.of(actorOmni, serviceHash(name))));
  const services = new Map(
    known.map(({ name, day, spentNano, leftNano }) => [name, { day, spentUsd: usdText(spentNano), leftUsd: usdText(leftNano) }]),
  );
  const isRead = known.length > 0;
  const spentNano = known.reduce((sum, each) => sum + each.spentNano, 0);
  const totals = isRead ? { spentUsd: usdText(spentNano), leftUsd: usdText(Math.min(...known.map(({ leftNano }) => leftNano))) } : {};
  return { services, totals, verdict: isRead ? verdictOf(known) : unread };
}

const unread: Verdict = {
  type: "BudgetAvailable",
  status: "Unknown",
  reason: "LedgerNotRead",
  message: "What was spent today has not been read from the ledger yet",
};

function knownOf(name: string, limitNano: number, spend: DaySpend | null): Known[] {
  if (spend === null) return [];
  const { day, spentNano, debtNano } = spend;
  return [{ name, day, spentNano, leftNano: Math.max(0, limitNano - debtNano - spentNano) }];
}

function verdictOf(known: readonly Known[]): Verdict {
  const usedUp = known.filter(({ leftNano }) => leftNano === 0).map(({ name }) => name);
  const type = "BudgetAvailable";
  if (usedUp.length === 0) return { type, status: "True", reason: "WithinBudget", message: "Every daily budget has something left" };
  const message = `Used up until 00:00 UTC: ${usedUp.join(", ")}`;
  return { type, status: "False", reason: "BudgetUsedUp", message };
}

/** Actors of bindings with a budget. */
export function budgetActors(bindings: readonly AgentKeysBinding[]): Map<Hex, string> {
  const found = new Map<Hex, string>();
  for (const { metadata, spec, status } of bindings)
    if (
      status?.actorOmni !== undefined &&
      /^0x[0-9a-f]{64}$/.test(status.actorOmni) &&
      spec.services.some(({ limits }) => limits?.dailyUsd !== undefined)
    )
      found.set(status.actorOmni as Hex, `${metadata.namespace ?? ""}/${metadata.name}`);
  return found;
}
