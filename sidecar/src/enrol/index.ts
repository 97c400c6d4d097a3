/**
 * Enrolment (protocol §5, operator): trades the pod's projected token for a delegation and the binding's policy, renews at two
 * thirds of its life, keeps the old one until it ends. Must not know what the policy allows.
 */
import type { Clock } from "@agentkeys/common/clock";
import type { Delegation } from "@agentkeys/common/delegation-token";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import type { Session } from "../session/index.ts";
import { checkAnswer, type OwnPod } from "./check-answer.ts";
import { refusal } from "./refusal.ts";

export type { OwnPod } from "./check-answer.ts";
export { refusal } from "./refusal.ts";

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
const MAX_WAKE_MS = 1000;

export interface EnrolDeps {
  client: HttpClient;
  clock: Clock;
  log: Log;
  session: Session;
  operatorUrl: string;
  pod: OwnPod;
  /** Reads the projected token afresh: the kubelet rotates it. */
  readToken: () => string;
  onPolicy: (update: PolicyUpdate) => void;
  /** Uniform in 0..1, for jitter. */
  random: () => number;
}

export interface HeldDelegation {
  token: string;
  message: Delegation;
}

export class Enrolment {
  readonly #deps: EnrolDeps;
  readonly #listeners = new Set<() => void>();
  #held: HeldDelegation | null = null;
  #lastFault: AgentKeysError | null = null;
  #wake = new AbortController();

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
    if (this.#held !== null && this.#lastFault === null && serviceHashes.some((hash) => !known.includes(hash))) this.#wake.abort();
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
      if (this.#wake.signal.aborted) await this.#deps.clock.sleep(MAX_WAKE_MS * this.#deps.random(), signal).catch(() => undefined);
    }
  }

  async #enrol(): Promise<HeldDelegation> {
    const { client, clock, session, operatorUrl, pod } = this.#deps;
    const url = `${operatorUrl}/v1/enroll`;
    const token = this.#readToken();
    const headers = { authorization: `Bearer ${token}`, dpop: session.proof("POST", url, token) };
    const { status, body } = await client.json("POST", url, { headers, body: { jwk: session.publicJwk } });
    if (status !== 200) throw refusal(status, body);
    const { answer, message } = checkAnswer(body, { jkt: session.jkt, pod, nowSeconds: clock.nowSeconds() });
    const held = { token: answer.delegation, message };
    this.#held = held;
    this.#lastFault = null;
    this.#deps.log.info("enrolled", { expiresAt: message.expiresAt, version: answer.binding.version });
    this.#deps.onPolicy(answer.binding);
    for (const listener of [...this.#listeners]) listener();
    return held;
  }

  #readToken(): string {
    try {
      return this.#deps.readToken();
    } catch (cause) {
      const message = "The projected service account token cannot be read: check the pod's token volume";
      throw new AgentKeysError("unauthorized", { message, cause });
    }
  }
}
