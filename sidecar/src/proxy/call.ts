import type { IncomingMessage, ServerResponse } from "node:http";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { CallMeter } from "../meter/index.ts";
import type { CompiledPolicy, CompiledService } from "../policy/index.ts";
import { statusOf, writeRefusal } from "./answers.ts";

/** A refused body is read away up to here, so that the client sees the answer and not a reset; then the connection is cut. */
const MAX_DISCARDED_BYTES = 1024 * 1024;

/** After these nothing that comes on the connection could be answered otherwise. */
const CLOSING_FAULTS: ReadonlySet<string> = new Set([
  "bad_request",
  "svid_missing",
  "svid_malformed",
  "svid_expired",
  "trust_domain_refused",
  "workload_identity_missing",
]);

/** What a listener hands over: a request, where its answer goes, and whether the connection is to become a WebSocket. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly isUpgrade: boolean;
}

/** One request from arrival to audit row: what is known about it so far, and the two ways of ending it early. */
export class Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly startedMs: number;
  /** The request is a valid opening handshake of a WebSocket. */
  readonly isUpgrade: boolean;
  policy: CompiledPolicy | null = null;
  service: CompiledService | null = null;
  caller = "pod";
  route = "";
  reason = "ok";
  /** What {@link fail} ended the call with. */
  fault: AgentKeysError | null = null;
  decision: "allow" | "deny" = "deny";
  credentialVersion: string | null = null;
  bytesOut = 0;
  /** What follows the cost of a call that is priced; null for every other. */
  meter: CallMeter | null = null;
  /** The price table by which a call without a meter costs nothing. */
  priceVersion: string | null = null;
  /** The agent has gone, and the answer is read on for its usage. */
  isDraining = false;
  bytesIn: () => number = () => 0;
  /** Ends everything that runs for this call behind the proxy. */
  #cancelled: AgentKeysError | null = null;
  readonly #cancels: ((fault: AgentKeysError) => void)[] = [];
  readonly #releases: (() => void)[] = [];
  #isEnded = false;
  #isSettled = false;

  constructor(exchange: Exchange, requestId: string, startedMs: number) {
    this.request = exchange.request;
    this.response = exchange.response;
    this.isUpgrade = exchange.isUpgrade;
    this.requestId = requestId;
    this.startedMs = startedMs;
  }

  get isCancelled(): boolean {
    return this.#cancelled !== null;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get hasBody(): boolean {
    const { headers } = this.request;
    return headers["transfer-encoding"] !== undefined || (headers["content-length"] !== undefined && Number(headers["content-length"]) > 0);
  }

  /** Runs when the call ends, in any way; at once when it has. */
  onEnd(release: () => void): void {
    if (this.#isEnded) release();
    else this.#releases.push(release);
  }

  /** Runs when the call is cut short, at once when it has been. A plain list: an AbortController per call is felt in the rate. */
  onCancel(cancel: (fault: AgentKeysError) => void): void {
    if (this.#cancelled !== null) cancel(this.#cancelled);
    else this.#cancels.push(cancel);
  }

  #cancel(fault: AgentKeysError): void {
    if (this.#cancelled !== null) return;
    this.#cancelled = fault;
    for (const cancel of this.#cancels) cancel(fault);
  }

  /** A WebSocket is being closed by one of its ends, in good order. */
  settle(): void {
    this.#isSettled = true;
  }

  /** The client has its answer or is gone. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const isAnswered = this.response.writableFinished || this.#isSettled;
    if (!isAnswered && this.reason === "ok") this.reason = "client_aborted";
    if (!isAnswered) this.#cancel(new AgentKeysError("client_aborted"));
    else if (!this.request.complete) this.#discardBody();
    for (const release of this.#releases) release();
  }

  /** Ends the call with a fault: as a provider-shaped answer, or by cutting the connection when an answer has begun. */
  fail(fault: AgentKeysError, from: "proxy" | "credential" = "proxy", headers: Readonly<Record<string, string>> = {}): void {
    if (this.#isEnded || this.fault !== null || this.response.writableEnded) return;
    this.reason = fault.code;
    this.fault = fault;
    this.#cancel(fault);
    if (this.response.headersSent) {
      this.response.destroy();
      return;
    }
    const isUnread = this.hasBody && !this.request.complete;
    this.bytesOut += writeRefusal(this.response, fault, {
      shape: this.service?.errorShape ?? "generic",
      requestId: this.requestId,
      status: statusOf(fault, from),
      close: isUnread || CLOSING_FAULTS.has(fault.code),
      headers,
    });
  }

  /** Reads what is left of the body, so that the client sees its answer and the connection can go on. */
  #discardBody(): void {
    let discarded = 0;
    this.request.unpipe();
    this.request.removeAllListeners("data");
    this.request.on("data", (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > MAX_DISCARDED_BYTES) this.request.destroy();
    });
    this.request.resume();
  }
}
