import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { KubeObject } from "../api/types.ts";
import type { KubeApi } from "./port.ts";
import { RESOURCES } from "./resources.ts";

const LEASE_SECONDS = 15;
const RETRY_MS = 2000;
/** Stop leading this long before others may take over, so that two never write. */
const FENCE_MS = 8000;
const ATTEMPT_MS = 3000;

interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export interface ElectorOptions {
  api: KubeApi;
  clock: Clock;
  log: Log;
  namespace: string;
  name: string;
  identity: string;
  /** Runs while leading; must stop when its signal is aborted. */
  lead: (signal: AbortSignal) => Promise<void>;
}

/** Leader election on a Lease. Time is judged by what this process saw, never by another's clock. */
export class LeaderElector {
  readonly #options: ElectorOptions;
  #seen = { renewTime: "", atMs: 0 };
  #renewedAtMs = 0;
  #leading: { controller: AbortController; done: Promise<void> } | null = null;

  constructor(options: ElectorOptions) {
    this.#options = options;
  }

  get isLeader(): boolean {
    return this.#leading !== null;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    while (!signal.aborted) {
      const askedAtMs = clock.nowMs();
      const isHeld = await this.#inTime(this.#attempt(askedAtMs)).catch((fault: unknown) => {
        log.warn("leader election failed, will retry", { fault });
        return null;
      });
      if (isHeld === true) {
        this.#renewedAtMs = askedAtMs;
        this.#begin();
      } else if (this.#leading !== null && (isHeld === false || clock.nowMs() - this.#renewedAtMs > FENCE_MS)) await this.#end();
      await clock.sleep(RETRY_MS, signal).catch(() => undefined);
    }
    await this.#end();
    await this.#release().catch(() => undefined);
  }

  /** A hung call must not keep this process from fencing itself. */
  async #inTime(attempt: Promise<boolean>): Promise<boolean> {
    const stop = new AbortController();
    const late = this.#options.clock.sleep(ATTEMPT_MS, stop.signal).then(
      () => {
        throw new AgentKeysError("kube_api", { detail: "the lease was not answered in time" });
      },
      () => false,
    );
    try {
      return await Promise.race([attempt, late]);
    } finally {
      stop.abort();
    }
  }

  #begin(): void {
    if (this.#leading !== null) return;
    this.#options.log.info("leading");
    const controller = new AbortController();
    const done = this.#options.lead(controller.signal).catch((fault: unknown) => {
      this.#options.log.error("leading failed", { fault });
      if (controller.signal.aborted) return;
      // What of it still runs must not go on beside the next attempt.
      controller.abort();
      this.#leading = null;
    });
    this.#leading = { controller, done };
  }

  async #end(): Promise<void> {
    const leading = this.#leading;
    if (leading === null) return;
    this.#leading = null;
    this.#options.log.info("no longer leading");
    leading.controller.abort();
    await leading.done;
  }

  /** True when the lease is ours now, false when another holds it. */
  async #attempt(nowMs: number): Promise<boolean> {
    const { api, namespace, name, identity } = this.#options;
    const lease = (await api.get(RESOURCES.leases, { namespace, name })) as Lease | null;
    const now = microTime(nowMs);
    const fresh = { holderIdentity: identity, leaseDurationSeconds: LEASE_SECONDS, renewTime: now };
    if (lease === null) {
      const spec = { ...fresh, acquireTime: now, leaseTransitions: 0 };
      const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { namespace, name }, spec };
      return await unlessConflict(api.create(RESOURCES.leases, body, { namespace }));
    }
    const holder = lease.spec?.holderIdentity ?? "";
    const renewTime = lease.spec?.renewTime ?? "";
    if (renewTime !== this.#seen.renewTime) this.#seen = { renewTime, atMs: nowMs };
    const isExpired = nowMs - this.#seen.atMs > (lease.spec?.leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
    if (holder !== identity && holder !== "" && !isExpired) return false;
    const taken = holder === identity ? {} : { acquireTime: now, leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1 };
    const next: Lease = { ...lease, spec: { ...lease.spec, ...fresh, ...taken } };
    return await unlessConflict(api.replace(RESOURCES.leases, next));
  }

  async #release(): Promise<void> {
    const { api, namespace, name, identity } = this.#options;
    const lease = (await api.get(RESOURCES.leases, { namespace, name })) as Lease | null;
    if (lease?.spec?.holderIdentity !== identity) return;
    const released: Lease = { ...lease, spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 } };
    await api.replace(RESOURCES.leases, released);
  }
}

function microTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace("Z", "000Z");
}

async function unlessConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (fault) {
    if ((fault as { code?: unknown }).code === "version_conflict") return false;
    throw fault;
  }
}
