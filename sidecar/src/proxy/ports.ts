/**
 * The seam between the data path and the rest of the sidecar: what the proxy is given. Must not know how a credential is
 * fetched, how a policy arrives or who says that one is revoked.
 */
import type { LookupAddress } from "node:dns";
import type { Server, ServerOptions } from "node:http";
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import type { Secret } from "@agentkeys/common/secret";
import type { AuditRecorder } from "../audit/index.ts";
import type { CallerGuard } from "../caller/index.ts";
import type { Prices } from "../meter/index.ts";
import type { CompiledPolicy } from "../policy/index.ts";

/** A credential as the proxy uses it. `version` names the stored value, so that a stale one can be told from a new one. */
export interface Credential {
  readonly secret: Secret;
  readonly expiresAtMs: number;
  readonly version: string;
}

/** Where credentials come from. Both calls throw an AgentKeysError and never answer with an expired credential. */
export interface CredentialSource {
  get(service: string): Promise<Credential>;
  /** Called after the remote service answered 401: fetches again unless the held version is already another one than `staleVersion`. */
  refetch(service: string, staleVersion: string): Promise<Credential>;
}

/** The policy in force; null before the first one arrived. `onChange` answers the function that unsubscribes. */
export interface PolicySource {
  current(): CompiledPolicy | null;
  onChange(listener: (policy: CompiledPolicy | null) => void): () => void;
}

/** Verified revocations. `services` are plain service names. `onDrop` answers the function that unsubscribes. */
export interface Revocations {
  onDrop(listener: (services: string[] | "all", reason: string) => void): () => void;
}

/** Dollars of the binding's day, in integer nano-dollars. */
export interface Budget {
  /**
   * Takes `nanoUsd` from what is left; at once while the leased slice has room. Rejects with `budget_exceeded` (`retryAfterSeconds`
   * is set), `ledger_unreachable` or what the broker refuses it with (status 403). A call may be let in on less than it asked for,
   * when it is the only one and something is left.
   */
  reserve(service: string, nanoUsd: number): Reservation | Promise<Reservation>;
}

/** What one call may cost. Ended once, by either; more is harmless. */
export interface Reservation {
  /** Charges what the call cost; more than was reserved becomes debt. */
  commit(nanoUsd: number): void;
  /** The call cost nothing. */
  release(): void;
}

/** Resolves every address of a host; order is kept. */
export type ResolveHost = (hostname: string) => Promise<LookupAddress[]>;

/** A way in besides the port on loopback: a socket of its own, with its own idea of who is at the other end. */
export interface Entrance {
  readonly callerGuard: CallerGuard;
  /** Values of Host that name it, lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Makes the server from the proxy's strict options; plain HTTP when absent. */
  readonly createServer?: (options: ServerOptions) => Server;
  /** Resolves when the server listens. */
  readonly open: (server: Server) => Promise<void>;
}

export interface ProxyDeps {
  policy: PolicySource;
  /** What calls wait for while the proxy has just started; null when they need not. */
  waiting?: () => Promise<void> | null;
  credentials: CredentialSource;
  revocations: Revocations;
  /** Absent: a service with a daily limit is refused. */
  budget?: Budget;
  /** The price table; absent: the one of the package, loaded at the first call that needs it. */
  prices?: () => Promise<Prices>;
  clock: Clock;
  /** Random bytes for request ids. */
  random: (length: number) => Uint8Array;
  log: Log;
  metrics: Metrics;
  audit: AuditRecorder;
  /** What the agent holds in place of a key. */
  placeholder: Secret;
  callerGuard: CallerGuard;
  resolve: ResolveHost;
  /**
   * Addresses to bind, normally `["127.0.0.1", "::1"]`; an address family the machine lacks is skipped unless it is the first. None
   * is allowed where there are `entrances`.
   */
  listenAddresses: readonly string[];
  entrances?: readonly Entrance[];
  /** The sidecar's own admin port, refused as an upstream together with the proxy's own. */
  adminPort?: number;
  /** Names this pod in audit rows. */
  pod?: string;
  /** Time for a request's head; for a body and for an upstream that stand still. Default 10 s, 300 s, 600 s. */
  timeouts?: { headersMs?: number; bodyMs?: number; upstreamMs?: number };
}

export interface RunningProxy {
  /** On loopback; 0 when it does not listen there. */
  readonly port: number;
  /** Stops accepting, drains for `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

export interface Proxy {
  listen(options: { port: number }): Promise<RunningProxy>;
}
