/**
 * Credentials for the data path: cap from the broker, sealed credential from the worker, kept in memory for the cap's life and
 * zeroed on drop. One flight for all waiters. Fails closed. Must not know requests or upstreams.
 */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import type { CapAnswer, SealedCredential } from "@agentkeys/common/wire";
import { refusal, type Enrolment } from "../enrol/index.ts";
import type { Credential, CredentialSource } from "../proxy/ports.ts";
import type { Session } from "../session/index.ts";

const MAX_LIFE_MS = 300_000;
const MAX_ENTRIES = 256;

export interface CredentialsDeps {
  client: HttpClient;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  session: Session;
  enrolment: Enrolment;
  brokerUrl: string;
  workerUrl: string;
  /** False while the broker is silent: what is held lives on, nothing new is fetched. */
  isBrokerLive: () => boolean;
}

export class Credentials implements CredentialSource {
  readonly #deps: CredentialsDeps;
  readonly #held = new Map<string, Credential>();
  readonly #flights = new Map<string, Promise<Credential>>();
  readonly #lookups;
  readonly #size;
  /** Counts purges, so that a fetch under way during a drop is thrown away. */
  #generation = 0;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.#lookups = deps.metrics.counter("credential_lookups_total", "Credential lookups by result", ["result"]);
    this.#size = deps.metrics.gauge("credentials_held", "Credentials in memory");
  }

  async get(service: string): Promise<Credential> {
    const held = this.#live(service);
    if (held !== null) {
      this.#lookups.inc({ result: "hit" });
      return held;
    }
    this.#lookups.inc({ result: "miss" });
    return this.#fly(service);
  }

  async refetch(service: string, staleVersion: string): Promise<Credential> {
    const held = this.#live(service);
    if (held !== null && held.version !== staleVersion) return held;
    const fresh = await this.#fly(service);
    return fresh;
  }

  /** Forgets credentials at once and zeroes them. */
  purge(services: readonly string[] | "all"): void {
    this.#generation += 1;
    for (const service of services === "all" ? [...this.#held.keys()] : services) this.#forget(service);
  }

  #live(service: string): Credential | null {
    const held = this.#held.get(service);
    if (held === undefined) return null;
    if (held.expiresAtMs > this.#deps.clock.nowMs()) return held;
    this.#forget(service);
    return null;
  }

  #forget(service: string): void {
    this.#held.get(service)?.secret.wipe();
    this.#held.delete(service);
    this.#size.set(this.#held.size);
  }

  #fly(service: string): Promise<Credential> {
    const underWay = this.#flights.get(service);
    if (underWay !== undefined) return underWay;
    const flight = this.#fetch(service).finally(() => this.#flights.delete(service));
    this.#flights.set(service, flight);
    return flight;
  }

  async #fetch(service: string): Promise<Credential> {
    if (!this.#deps.isBrokerLive())
      throw new AgentKeysError("upstream_unreachable", { message: "The broker has not been heard for 60 s: no credential is fetched" });
    const generation = this.#generation;
    const delegation = this.#deps.enrolment.current();
    const { operatorOmni, actorOmni, deviceKeyHash } = delegation.message;
    const ask = { operator_omni: operatorOmni, actor_omni: actorOmni, service, device_key_hash: deviceKeyHash };
    const { cap } = await this.#call<CapAnswer>(`${this.#deps.brokerUrl}/v1/cap/cred-fetch`, delegation.token, ask, {});
    const url = `${this.#deps.workerUrl}/credential/fetch`;
    const { sealed } = await this.#call<{ sealed: string }>(url, cap, {}, { "agentkeys-delegation": delegation.token });
    const opened = this.#deps.session.open(sealed) as unknown as SealedCredential;
    if (opened.service !== service || typeof opened.credential !== "string" || !Number.isSafeInteger(opened.expires_at))
      throw new AgentKeysError("unauthorized", { detail: "the worker sealed another service" });
    const fresh: Credential = {
      secret: Secret.of(opened.credential),
      expiresAtMs: Math.min(opened.expires_at * 1000, this.#deps.clock.nowMs() + MAX_LIFE_MS),
      version: opened.version,
    };
    if (generation !== this.#generation) {
      fresh.secret.wipe();
      throw new AgentKeysError("service_not_in_scope", { message: "The credential was revoked while it was fetched" });
    }
    this.#keep(service, fresh);
    return fresh;
  }

  #keep(service: string, fresh: Credential): void {
    const oldest = this.#held.keys().next();
    if (this.#held.size >= MAX_ENTRIES && !this.#held.has(service) && oldest.done !== true) this.#forget(oldest.value);
    this.#forget(service);
    this.#held.set(service, fresh);
    this.#size.set(this.#held.size);
    this.#deps.log.info("credential fetched", { service, credentialVersion: fresh.version });
  }

  async #call<T>(url: string, token: string, body: object, extra: Record<string, string>): Promise<T> {
    const headers = { authorization: `DPoP ${token}`, dpop: this.#deps.session.proof("POST", url, token), ...extra };
    const answer = await this.#deps.client.json("POST", url, { headers, body });
    if (answer.status !== 200 || answer.body === null) throw refusal(answer.status, answer.body);
    return answer.body as T;
  }
}
