import { rowName, type AuditEntry, type AuditRecorder } from "../audit/index.ts";
import { PRICE_VERSION, type Charge } from "../meter/index.ts";
import { Call, type Exchange } from "./call.ts";
import type { Measures } from "./measures.ts";
import type { ProxyDeps } from "./ports.ts";

/** Opens calls and, when one ends, writes its audit row and measures. */
export interface Ledger {
  open(exchange: Exchange): Call;
}

const REQUEST_ID_BYTES = 12;
/** Random bytes are drawn for this many ids at once: the call into the generator costs more than its bytes. */
const IDS_PER_DRAW = 128;

function createRequestIds(random: ProxyDeps["random"]): () => string {
  let pool = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = Buffer.from(random(REQUEST_ID_BYTES * IDS_PER_DRAW));
      at = 0;
    }
    at += REQUEST_ID_BYTES;
    return pool.toString("hex", at - REQUEST_ID_BYTES, at);
  };
}

/** A row for every request that parsed, allowed or not; names only from the policy, so that no input reaches a row or a label. */
export function createLedger(deps: Pick<ProxyDeps, "clock" | "random" | "pod" | "log">, trail: AuditRecorder, measures: Measures): Ledger {
  const nextId = createRequestIds(deps.random);
  /** The row waits for the cost, which may come a moment after the agent has gone. */
  const recordPriced = (entry: AuditEntry, endedMs: number, { nanoUsd, basis }: Charge): void => {
    measures.charged(entry.service, basis, nanoUsd);
    const priceVersion = basis === "unpriced" ? null : PRICE_VERSION;
    trail.record("call", { ...entry, costNanoDollars: nanoUsd, priceVersion }, endedMs);
  };
  const close = (call: Call): void => {
    const endedMs = deps.clock.nowMs();
    const service = call.service?.name ?? "";
    const isWebSocket = call.response.statusCode === 101;
    measures.ended(service, call.reason, isWebSocket ? null : (endedMs - call.startedMs) / 1000);
    // The agent is told that its upstream failed, and who looks after the pod why.
    if (call.fault?.code.startsWith("upstream_") === true)
      deps.log.warn("the upstream failed", { service, requestId: call.requestId, code: call.fault.code, detail: call.fault.detail });
    const entry: AuditEntry = {
      requestId: call.requestId,
      caller: rowName(call.caller),
      namespace: call.policy?.namespace ?? "",
      pod: deps.pod ?? "",
      binding: call.policy?.binding ?? "",
      service,
      method: call.request.method ?? "",
      route: rowName(call.route),
      status: call.response.headersSent ? call.response.statusCode : 0,
      bytesIn: call.bytesIn(),
      bytesOut: call.bytesOut,
      costNanoDollars: 0,
      priceVersion: call.priceVersion,
      credentialVersion: call.credentialVersion,
      decision: call.decision,
      reason: call.reason,
    };
    if (call.meter === null) trail.record("call", entry, endedMs);
    else call.meter.whenSettled((charge) => recordPriced(entry, endedMs, charge));
  };
  return {
    open(exchange) {
      const requestId = nextId();
      const call = new Call(exchange, requestId, deps.clock.nowMs());
      measures.started();
      call.onEnd(() => {
        try {
          close(call);
        } catch (error) {
          deps.log.error("an audit row was lost", { error, requestId });
        }
      });
      return call;
    },
  };
}
