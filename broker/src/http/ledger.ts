import type { BudgetStatement } from "@agentkeys/common/budget";
import { TIER_MASTER, type ChainReader } from "@agentkeys/common/chain";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32, serviceHash, type Hex } from "@agentkeys/common/identity";
import { validator } from "@agentkeys/common/validator";
import type { LeaseAnswer, LeaseRequest, SpendAnswer, SpendRequest } from "@agentkeys/common/wire";
import { checkLeaseRequest, checkSpendRequest } from "@agentkeys/common/wire-checks";
import type { Express, Request } from "express";
import { dayOf, dayText, decide, leftToSpend, openDay, type Grant, type Report, type Terms } from "../domain/ledger/index.ts";
import { refusalByChain } from "../domain/mint.ts";
import { recentFacts } from "../ledger/device-check.ts";
import type { AccountName, LedgerStore } from "../ledger/store.ts";
import type { BrokerMetrics } from "../metrics.ts";
import { authenticate, type AuthenticateDeps } from "./authenticate.ts";

export interface Budgets {
  ledger: LedgerStore;
  openBudget: (token: string) => BudgetStatement;
  /** How long a slice of a budget may be used without asking again. */
  leaseMs: number;
}

export interface LedgerRoutesDeps extends AuthenticateDeps, Budgets {
  chain: ChainReader;
  metrics: BrokerMetrics;
}

const NANO = 1e9;
const parseLease = validator<LeaseRequest>(checkLeaseRequest);
const parseSpend = validator<SpendRequest>(checkSpendRequest);

/** POST `/v1/ledger/lease` for sidecars and `/v1/ledger/spend` for the operator's master device. */
export function mountLedger(app: Express, deps: LedgerRoutesDeps): void {
  const factsOf = recentFacts(deps.chain, deps.clock);
  const route = (name: "lease" | "spend", answer: (request: Request) => Promise<object>): void => {
    app.post(`/v1/ledger/${name}`, async (request, response) => {
      try {
        const body = await answer(request);
        deps.metrics.ledgerRequests.inc({ route: name, code: "ok" });
        response.json(body);
      } catch (fault) {
        deps.metrics.ledgerRequests.inc({ route: name, code: toAgentKeysError(fault).code });
        throw fault;
      }
    });
  };
  route("lease", (request) => answerLease(request, deps, factsOf));
  route("spend", (request) => answerSpend(request, deps, factsOf));
}

async function answerLease(request: Request, deps: LedgerRoutesDeps, factsOf: ReturnType<typeof recentFacts>): Promise<LeaseAnswer> {
  const { delegation } = await authenticate(request, deps);
  const body = parseLease(request.body);
  const name: AccountName = {
    operatorOmni: delegation.operatorOmni,
    actorOmni: delegation.actorOmni,
    serviceHash: serviceHash(body.service),
  };
  const statement = body.budget === undefined ? undefined : statementFor(deps.openBudget(body.budget), delegation, name.serviceHash);
  const mint = { op: "cred-fetch" as const, ...name, service: body.service, deviceKeyHash: delegation.deviceKeyHash };
  const refusal = refusalByChain(mint, delegation, await factsOf(mint));
  // What was spent is settled even after the service was taken away; nothing is granted any more, whatever the statement says.
  const wantsNothing = statement === undefined || (body.need_nano === 0 && body.want_nano === 0);
  const isSettling = wantsNothing && refusal === "service_not_in_scope";
  if (refusal !== null && !isSettling) throw new AgentKeysError(refusal);
  const nowMs = deps.clock.nowMs();
  const terms: Terms = { nowMs, leaseMs: deps.leaseMs, ...(statement === undefined || isSettling ? {} : { statement }) };
  const stop = deps.metrics.ledgerSeconds.startTimer({ route: "lease" });
  const { grant, chargedNano } = await deps.ledger.change({ name, leaseId: body.lease_id, nowMs }, (held) => {
    const { account, leases, grant } = decide(held, reportOf(body), terms);
    const chargedNano = account.day === held.account.day ? account.spentNano - held.account.spentNano : account.spentNano;
    return { account, leases, answer: { grant, chargedNano } };
  });
  stop();
  if (chargedNano > 0) deps.metrics.spent.inc(chargedNano / NANO);
  return answerOf(grant);
}

/** The statement when it is of this very device, actor and service. */
function statementFor(statement: BudgetStatement, delegation: OpenedDelegation, hash: Hex): BudgetStatement {
  const isOwn =
    statement.deviceKeyHash === delegation.deviceKeyHash &&
    statement.operatorOmni === delegation.operatorOmni &&
    statement.actorOmni === delegation.actorOmni &&
    statement.serviceHash === hash;
  if (!isOwn) throw new AgentKeysError("budget_refused", { detail: "of another device, actor or service" });
  return statement;
}

function reportOf(body: LeaseRequest): Report {
  return {
    leaseId: body.lease_id,
    seq: body.seq,
    spentNano: body.spent_nano,
    reservedNano: body.reserved_nano,
    keepNano: body.keep_nano,
    needNano: body.need_nano,
    wantNano: body.want_nano,
    isFinal: body.final,
  };
}

function answerOf({ lease, usableMs, leftNano, lentElsewhereNano, isAlone }: Grant): LeaseAnswer {
  return {
    granted_nano: lease.grantedNano,
    usable_ms: usableMs,
    left_nano: leftNano,
    lent_elsewhere_nano: lentElsewhereNano,
    alone: isAlone,
    day: dayText(lease.day),
  };
}

async function answerSpend(request: Request, deps: LedgerRoutesDeps, factsOf: ReturnType<typeof recentFacts>): Promise<SpendAnswer> {
  const { delegation } = await authenticate(request, deps);
  const body = parseSpend(request.body);
  const operatorOmni = normaliseHex32(body.operator_omni);
  if (operatorOmni !== delegation.operatorOmni) throw new AgentKeysError("operator_mismatch");
  await assertMaster(delegation, factsOf);
  const stop = deps.metrics.ledgerSeconds.startTimer({ route: "spend" });
  const books = await deps.ledger.read(operatorOmni, body.actor_omnis.map(normaliseHex32));
  stop();
  const today = dayOf(deps.clock.nowMs());
  const latest = Math.max(today, ...books.map(({ account }) => account.day));
  const accounts = books.map(({ name, account }) => {
    const now = openDay(account, today);
    return {
      ...{ actor_omni: name.actorOmni, service_hash: name.serviceHash, limit_nano: now.limitNano },
      ...{ spent_nano: now.spentNano, debt_nano: now.debtNano, left_nano: leftToSpend(now) },
    };
  });
  return { day: dayText(latest), accounts };
}

/** Whoever reads for every actor of an operator is its master device. */
async function assertMaster(delegation: OpenedDelegation, factsOf: ReturnType<typeof recentFacts>): Promise<void> {
  const { deviceKeyHash, operatorOmni, actorOmni } = delegation;
  const { device } = await factsOf({ deviceKeyHash, operatorOmni, actorOmni, serviceHash: serviceHash("ledger") });
  if (device === null) throw new AgentKeysError("device_not_active");
  if (device.revoked) throw new AgentKeysError("device_revoked");
  if (device.operatorOmni !== operatorOmni) throw new AgentKeysError("device_binding_mismatch");
  if (device.tier !== TIER_MASTER) throw new AgentKeysError("device_role_missing");
}
