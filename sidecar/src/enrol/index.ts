/**
 * Enrolment: gets a delegation, in a pod from the operator with the binding's policy (protocol §5), renews it at two thirds of its
 * life and keeps the old one until it ends. Must not know what the policy allows.
 */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import type { Grant, HeldDelegation } from "./grant.ts";

export type { OwnPod } from "./check-answer.ts";
export type { Grant, HeldDelegation } from "./grant.ts";
export { enrolWithOperator } from "./operator.ts";
export { refusal } from "./refusal.ts";

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
const MAX_WAKE_MS = 1000;
/** After a delegation that was refused; every further one waits twice as long, until one lives to its renewal. */
const FIRST_REFUSED_MS = 500;
const MAX_REFUSED_MS = 60_000;

export interface EnrolDeps {
  clock: Clock;
  log: Log;
  /** Asks for a delegation once; throws why there is none. */
  enrol: () => Promise<Grant>;
  onPolicy: (update: PolicyUpdate) => void;
  /** Uniform in 0..1, for jitter. */
  random: () => number;
}

export class Enrolment {
  readonly #deps: EnrolDeps;
  readonly #listeners = new Set<() => void>();
  #held: HeldDelegation | null = null;
  #lastFault: AgentKeysError | null = null;
  #wake = new AbortController();
  /** How long one that was woken waits before it asks. */
  #pauseMs = 0;
  /** Delegations refused since one lived to its renewal. */
  #refusals = 0;

  constructor(deps: EnrolDeps) {
    this.#deps = deps;
  }

  /** The delegation in force; throws why there is none. */
  current(): HeldDelegation {
    const held = this.#held;
    if (held !== null && this.isEnrolled) return held;
    throw this.#lastFault ?? new AgentKeysError("unauthorized", { message: "The sidecar is not enrolled yet" });
  }

  get isEnrolled(): boolean {
    return this.#held !== null && this.#held.message.expiresAt > this.#deps.clock.nowSeconds();
  }

  /** Calls back after each enrolment; answers the function that unsubscribes. */
  onRenewed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when there is a delegation, or at the signal. */
  async whenEnrolled(signal: AbortSignal): Promise<void> {
    if (this.isEnrolled || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        unsubscribe();
        signal.removeEventListener("abort", done);
        resolve();
      };
      const unsubscribe = this.onRenewed(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** Renews without waiting when a service is not in the delegation yet: the binding gained one. */
  cover(serviceHashes: readonly string[]): void {
    const known: readonly string[] = this.#held?.message.services ?? [];
    if (this.#held !== null && this.#lastFault === null && serviceHashes.some((hash) => !known.includes(hash))) this.#wakeAfter(0);
  }

  /** A service does not take this delegation, as after a move to another chain: another one is asked for. */
  refused(token: string): void {
    if (this.#held?.token !== token || this.#lastFault !== null || this.#wake.signal.aborted) return;
    const pauseMs = Math.min(MAX_REFUSED_MS, FIRST_REFUSED_MS * 2 ** this.#refusals);
    this.#refusals += 1;
    this.#deps.log.warn("the delegation was refused, enrolling again", { pauseMs });
    this.#wakeAfter(pauseMs);
  }

  /** Enrols and renews until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let waitMs: number;
      this.#wake = new AbortController();
      try {
        const { message } = await this.#enrol();
        retryMs = FIRST_RETRY_MS;
        // By our own clock, so that an operator's that is behind does not make us late.
        const leftSeconds = Math.min(message.expiresAt - this.#deps.clock.nowSeconds(), message.expiresAt - message.issuedAt);
        waitMs = (leftSeconds * 2000) / 3;
      } catch (fault) {
        this.#lastFault = toAgentKeysError(fault, "upstream_unreachable");
        this.#deps.log.warn("enrolment failed, retrying", { code: this.#lastFault.code, detail: this.#lastFault.detail, retryMs });
        waitMs = retryMs * (0.5 + this.#deps.random());
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      }
      await this.#deps.clock.sleep(waitMs, AbortSignal.any([signal, this.#wake.signal])).catch(() => undefined);
      // All pods of a binding are woken by the same change: they do not come at the same moment.
      if (this.#wake.signal.aborted)
        await this.#deps.clock.sleep(this.#pauseMs + MAX_WAKE_MS * this.#deps.random(), signal).catch(() => undefined);
      else if (this.#lastFault === null) this.#refusals = 0;
    }
  }

  #wakeAfter(pauseMs: number): void {
    this.#pauseMs = pauseMs;
    this.#wake.abort();
  }

  async #enrol(): Promise<HeldDelegation> {
    const { token, message, binding } = await this.#deps.enrol();
    this.#held = { token, message };
    this.#lastFault = null;
    this.#deps.log.info("enrolled", { expiresAt: message.expiresAt, ...(binding === undefined ? {} : { version: binding.version }) });
    if (binding !== undefined) this.#deps.onPolicy(binding);
    for (const listener of [...this.#listeners]) listener();
    return { token, message };
  }
}
