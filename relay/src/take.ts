/** Decides whether a request is taken, in a fixed order: cheap checks first, the chain's word last, then the disk. */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { forwardRequestId, isSignedByItsWallet, type SignedForwardRequest } from "@agentkeys/common/forward-request";
import type { ForwarderView } from "./chain/index.ts";
import { assertCarried, type Limits } from "./domain/admission.ts";
import type { Kept, RelayStore } from "./store/index.ts";

export interface TakeDeps {
  forwarder: ForwarderView;
  store: RelayStore;
  clock: Clock;
  limits: Limits;
  quotas: { perMinute: number; perDay: number; totalPerDay: number; queue: number };
  /** Null while the wallet that pays has enough. */
  missing: () => string | null;
  onTaken: () => void;
}

/** Requests looked at on the chain at the same time; what comes beyond is told to come again. */
const MAX_CHECKS = 32;

/** Makes the function that takes requests. What it answers is on disk. */
export function createTake(deps: TakeDeps): (request: SignedForwardRequest) => Promise<Kept> {
  const { forwarder, store, clock, limits } = deps;
  let checking = 0;
  return async (request) => {
    assertCarried(request, { limits, targets: forwarder.targets, nowSeconds: clock.nowSeconds() });
    const id = forwardRequestId(forwarder.domain, request);
    const known = store.find(id);
    if (!isSignedByItsWallet(forwarder.domain, request)) throw new AgentKeysError("relay_signature_invalid");
    if (known !== null) return known;
    assertQuota(deps, request);
    if (checking >= MAX_CHECKS) throw new AgentKeysError("relay_unavailable", { detail: "too many requests are being checked" });
    checking += 1;
    try {
      const head = await forwarder.head();
      const nonce = await forwarder.nonceOf(request.from);
      if (request.nonce !== nonce)
        throw new AgentKeysError("relay_nonce_refused", { message: `The forwarder's nonce of this wallet is ${nonce}: sign with it` });
      await forwarder.simulate(request);
      // Nothing is awaited from here on: of two at the same time one is taken.
      assertQuota(deps, request);
      store.add({ id, request, acceptedAt: clock.nowSeconds(), acceptedBlock: head });
    } finally {
      checking -= 1;
    }
    deps.onTaken();
    const kept = store.find(id);
    if (kept === null) throw new AgentKeysError("internal", { detail: "a request that was kept is gone" });
    return kept;
  };
}

function assertQuota({ store, clock, quotas, missing }: TakeDeps, { from }: SignedForwardRequest): void {
  const lacking = missing();
  if (lacking !== null) throw new AgentKeysError("relay_unavailable", { detail: lacking });
  if (store.openOf(from) !== null) throw new AgentKeysError("relay_nonce_refused");
  const { minute, day, total, waiting } = store.counts(from, clock.nowSeconds());
  const over =
    (minute >= quotas.perMinute && "this minute") ||
    (day >= quotas.perDay && "today") ||
    (total >= quotas.totalPerDay && "today, by all wallets") ||
    (waiting >= quotas.queue && "now, waiting to be sent");
  if (over !== false)
    throw new AgentKeysError("relay_quota_exceeded", {
      message: `As many requests as this relay carries were taken ${over}: try later, or send the transaction yourself`,
    });
}
