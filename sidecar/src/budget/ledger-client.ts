import { validator } from "@agentkeys/common/validator";
import type { LeaseAnswer, LeaseRequest } from "@agentkeys/common/wire";
import { checkLeaseAnswer } from "@agentkeys/common/wire-checks";
import { callService, type CallDeps } from "../caps/index.ts";
import type { Enrolment } from "../enrol/index.ts";
import type { PolicySource } from "../proxy/index.ts";
import type { TellLedger } from "./purse.ts";

export interface LedgerClientDeps extends CallDeps {
  enrolment: Pick<Enrolment, "current">;
  policy: PolicySource;
  brokerUrl: string;
}

const parseAnswer = validator<LeaseAnswer>(checkLeaseAnswer);

/** Tells the ledger behind the broker. The statement goes along while the policy has one; without it reports are only settled. */
export function ledgerClient(deps: LedgerClientDeps): TellLedger {
  return async (lease, ask) => {
    const { token } = deps.enrolment.current();
    const budget = deps.policy.current()?.services.get(lease.service)?.budget ?? null;
    const body: LeaseRequest = {
      ...(budget === null ? {} : { budget }),
      service: lease.service,
      lease_id: lease.id,
      seq: lease.seq,
      spent_nano: lease.spentNano,
      reserved_nano: lease.reservedNano,
      keep_nano: ask.keepNano,
      need_nano: ask.needNano,
      want_nano: ask.wantNano,
      final: ask.isFinal,
    };
    return parseAnswer(await callService(deps, { url: `${deps.brokerUrl}/v1/ledger/lease`, token, body }));
  };
}
