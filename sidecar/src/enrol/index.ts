/**
 * Enrolment (protocol §5, operator): trades the pod's projected token for a delegation and the binding's policy, renews at two
 * thirds of its life, keeps the old one until it ends. Must not know what the policy allows.
 */
import type { Clock } from "@agentkeys/common/clock";
import { decodeDelegation, type Delegation } from "@agentkeys/common/delegation-token";
import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { EnrollAnswer, PolicyUpdate } from "@agentkeys/common/wire";
import type { Session } from "../session/index.ts";

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

export interface EnrolDeps {
  client: HttpClient;
  clock: Clock;
  log: Log;
  session: Session;
  operatorUrl: string;
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
  #held: HeldDelegation | null = null;
  #lastFault: AgentKeysError | null = null;

  constructor(deps: EnrolDeps) {
    this.#deps = deps;
  }

  /** The delegation in force; throws why there is none. */
  current(): HeldDelegation {
    const held = this.#held;
    if (held !== null && held.message.expiresAt > this.#deps.clock.nowSeconds()) return held;
    throw this.#lastFault ?? new AgentKeysError("unauthorized", { message: "The sidecar is not enrolled yet" });
  }

  get isEnrolled(): boolean {
    return this.#held !== null && this.#held.message.expiresAt > this.#deps.clock.nowSeconds();
  }

  /** Enrols and renews until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const { message } = await this.#enrol();
        retryMs = FIRST_RETRY_MS;
        waitMs = ((message.expiresAt - message.issuedAt) * 2000) / 3;
      } catch (fault) {
        this.#lastFault = fault instanceof AgentKeysError ? fault : new AgentKeysError("upstream_unreachable", { cause: fault });
        this.#deps.log.warn("enrolment failed, retrying", { code: this.#lastFault.code, detail: this.#lastFault.detail, retryMs });
        waitMs = retryMs * (0.5 + this.#deps.random());
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
      }
      await this.#deps.clock.sleep(waitMs, signal).catch(() => undefined);
    }
  }

  async #enrol(): Promise<HeldDelegation> {
    const { client, session, operatorUrl } = this.#deps;
    const url = `${operatorUrl}/v1/enroll`;
    const token = this.#deps.readToken();
    const headers = { authorization: `Bearer ${token}`, dpop: session.proof("POST", url, token) };
    const { status, body } = await client.json("POST", url, { headers, body: { jwk: session.publicJwk } });
    if (status !== 200) throw refusal(status, body);
    const answer = body as EnrollAnswer;
    const held = { token: answer.delegation, message: decodeDelegation(answer.delegation).message };
    this.#deps.onPolicy(answer.binding);
    this.#held = held;
    this.#deps.log.info("enrolled", { expiresAt: held.message.expiresAt, version: answer.binding.version });
    return held;
  }
}

/** An error body of one of our services as its coded fault. */
export function refusal(status: number, body: unknown): AgentKeysError {
  const { reason, error } = (body ?? {}) as { reason?: unknown; error?: unknown };
  const code: ErrorCode = typeof reason === "string" && reason in CODES ? (reason as ErrorCode) : "upstream_unreachable";
  return new AgentKeysError(code, { detail: `answered ${status}`, ...(typeof error === "string" ? { message: error } : {}) });
}
