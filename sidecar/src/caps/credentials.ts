/**
 * Credentials for the data path: fetched through broker and worker, kept in memory for the cap's life and zeroed on drop. One
 * flight for all waiters. Fails closed. Must not know requests or upstreams.
 */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { Credential, CredentialSource } from "../proxy/ports.ts";
import type { Fetched } from "./fetch.ts";

const MAX_LIFE_MS = 300_000;
const MAX_ENTRIES = 256;
/** A value that was fetched this lately is not fetched again because the remote service refuses it. */
const REFETCH_AFTER_MS = 5000;

export interface CredentialsDeps {
  clock: Clock;
  log: Log;
  metrics: Metrics;
  fetch: (service: string) => Promise<Fetched>;
  /** False while the broker is silent: what is held lives on, nothing new is fetched. */
  isBrokerLive: () => boolean;
}

interface Held extends Credential {
  readonly sinceMs: number;
}

interface Flight {
  promise: Promise<Credential>;
  isRevoked: boolean;
}

export class Credentials implements CredentialSource {
  readonly #deps: CredentialsDeps;
  /** In the order of last use. */
  readonly #held = new Map<string, Held>();
  readonly #flights = new Map<string, Flight>();
  readonly #lookups;
  readonly #size;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.#lookups = deps.metrics.counter("credential_lookups_total", "Credential lookups by result", ["result"]);
    this.#size = deps.metrics.gauge("credentials_held", "Credentials in memory");
  }

  async get(service: string): Promise<Credential> {
    const held = this.#live(service);
    this.#lookups.inc({ result: held === null ? "miss" : "hit" });
    if (held === null) return this.#fly(service);
    this.#held.delete(service);
    this.#held.set(service, held);
    return held;
  }

  async refetch(service: string, staleVersion: string): Promise<Credential> {
    const held = this.#live(service);
    if (held === null) return this.#fly(service);
    const isYoung = this.#deps.clock.nowMs() - held.sinceMs < REFETCH_AFTER_MS;
    return held.version !== staleVersion || isYoung ? held : this.#fly(service);
  }

  /** Forgets credentials at once and zeroes them; what is being fetched is thrown away when it arrives. */
  purge(services: readonly string[] | "all"): void {
    for (const service of services === "all" ? [...this.#held.keys(), ...this.#flights.keys()] : services) {
      this.#forget(service);
      const flight = this.#flights.get(service);
      if (flight !== undefined) flight.isRevoked = true;
      this.#flights.delete(service);
    }
  }

  #live(service: string): Held | null {
    const held = this.#held.get(service);
    if (held === undefined) return null;
    const nowMs = this.#deps.clock.nowMs();
    // A clock that was set back to before the fetch says nothing about how old the value is.
    if (held.sinceMs <= nowMs && nowMs < held.expiresAtMs) return held;
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
    if (underWay !== undefined) return underWay.promise;
    const flight: Flight = { promise: Promise.resolve().then(() => this.#fetch(service, flight)), isRevoked: false };
    this.#flights.set(service, flight);
    return flight.promise;
  }

  async #fetch(service: string, flight: Flight): Promise<Credential> {
    const { clock, fetch, isBrokerLive } = this.#deps;
    try {
      if (!isBrokerLive()) throw new AgentKeysError("broker_silent");
      const { secret, version, expiresAt } = await fetch(service);
      const sinceMs = clock.nowMs();
      const fresh: Held = { secret, version, sinceMs, expiresAtMs: Math.min(expiresAt * 1000, sinceMs + MAX_LIFE_MS) };
      if (!flight.isRevoked && fresh.expiresAtMs > sinceMs) return this.#keep(service, fresh);
      secret.wipe();
      throw flight.isRevoked
        ? new AgentKeysError("revoked", { message: "The service was revoked while its credential was fetched" })
        : new AgentKeysError("cap_freshness_failed", { detail: "the worker sealed a credential that has ended" });
    } finally {
      if (this.#flights.get(service) === flight) this.#flights.delete(service);
    }
  }

  #keep(service: string, fresh: Held): Held {
    this.#forget(service);
    const unused = this.#held.keys().next();
    if (this.#held.size >= MAX_ENTRIES && unused.done !== true) this.#forget(unused.value);
    this.#held.set(service, fresh);
    this.#size.set(this.#held.size);
    this.#deps.log.info("credential fetched", { service, credentialVersion: fresh.version });
    return fresh;
  }
}
