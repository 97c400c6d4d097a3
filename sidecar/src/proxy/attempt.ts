import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Dispatcher } from "undici";
import { Scrub, type Spellings } from "../scrub/index.ts";
import type { Call } from "./call.ts";
import { DRAIN_BYTES, type Drains } from "./drains.ts";
import { isAccepted } from "./handshake.ts";
import { answerHead } from "./headers.ts";
import { openTunnel, type TunnelLimits } from "./tunnel.ts";
import { upstreamFault } from "./upstreams.ts";

export interface AttemptOptions {
  /** Stands where an answer's header echoes the key. */
  mask: string;
  /** New requests are no longer wanted on this connection. */
  isDraining: boolean;
  /** Set for an attempt whose 401 may be answered by a newer key; resolves to whether another attempt takes over. */
  retry: (() => Promise<boolean>) | null;
  tunnel: TunnelLimits;
  drains: Drains;
}

/** The last piece of an answer goes out with what is before it as one text up to here; a longer one is not worth the copy. */
const MAX_TEXT_BYTES = 16 * 1024;
const PRINTABLE = /^[\t\x20-\x7e]*$/;

function rawPairs(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (Buffer.isBuffer(item) ? item.toString("latin1") : String(item)));
}

function without(raw: readonly string[], name: string): string[] {
  return raw.filter((_, index) => raw[index - (index % 2)]?.toLowerCase() !== name);
}

const isPlain = (encoding: string): boolean => encoding === "" || encoding.toLowerCase() === "identity";

/** One dispatch to the upstream; streams its answer to the client with back-pressure, or joins the two sockets after a 101. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #spellings: Spellings;
  readonly #options: AttemptOptions;
  #isSuperseded = false;
  #drainedBytes = 0;
  /** Null for an answer that is compressed against our word, and so cannot be searched. */
  #scrub: Scrub | null = null;
  /** Bytes that the agent was told to expect. */
  #length: number | null = null;

  constructor(call: Call, spellings: Spellings, options: AttemptOptions) {
    this.#call = call;
    this.#spellings = spellings;
    this.#options = options;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#call.meter?.sent();
    this.#call.onCancel((fault) => {
      this.#cancel(controller, fault);
    });
  }

  #cancel(controller: Dispatcher.DispatchController, fault: AgentKeysError): void {
    const { meter } = this.#call;
    const stop = (): void => {
      controller.abort(fault);
    };
    if (meter?.isWorthDraining !== true || fault.code !== "client_aborted") {
      stop();
      return;
    }
    this.#call.isDraining = true;
    this.#options.drains.begin(meter, stop);
    controller.resume();
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController, status: number, _headers: unknown, socket: Duplex): void {
    // The socket is ours from here on; its end is seen by `close`.
    socket.on("error", () => undefined);
    const raw = rawPairs(controller.rawHeaders);
    const isUsable = status === 101 && isAccepted(raw, this.#call.request.headers["sec-websocket-key"] ?? "");
    if (!isUsable || !(socket instanceof Socket) || this.#call.isCancelled) {
      socket.destroy();
      this.#call.fail(new AgentKeysError("upstream_unreachable", { detail: "the handshake was not answered" }));
      return;
    }
    const { response } = this.#call;
    // A length means nothing here (RFC 9110 §15.2) and would make a reader wait for a body.
    const { headers } = answerHead(without(raw, "content-length"), this.#spellings, this.#options.mask);
    headers.push("Connection", "Upgrade", "Upgrade", "websocket");
    response.writeHead(101, "Switching Protocols", headers);
    response.flushHeaders();
    openTunnel(this.#call, socket, this.#options.tunnel);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText = ""): void {
    if (status < 200) return;
    const { retry } = this.#options;
    if (status !== 401 || retry === null) {
      this.#writeHead(controller, status, statusText);
      return;
    }
    controller.pause();
    void retry().then((isTakenOver) => {
      if (this.#call.isEnded) return;
      if (isTakenOver) {
        this.#isSuperseded = true;
        controller.abort(new DOMException("superseded", "AbortError"));
        return;
      }
      try {
        this.#writeHead(controller, status, statusText);
      } catch (fault) {
        this.onResponseError(controller, fault as Error);
      }
      controller.resume();
    });
  }

  #writeHead(controller: Dispatcher.DispatchController, status: number, statusText: string): void {
    const { response, meter } = this.#call;
    const head = answerHead(rawPairs(controller.rawHeaders), this.#spellings, this.#options.mask);
    meter?.head(status, head.contentType, head.contentEncoding);
    if (this.#call.isDraining) return;
    if (isPlain(head.contentEncoding)) this.#scrub = new Scrub(this.#spellings, this.#options.mask);
    const isHiding = meter?.isHiding === true;
    this.#length = isHiding ? null : head.length;
    const headers = isHiding ? without(head.headers, "content-length") : head.headers;
    if (this.#options.isDraining) headers.push("connection", "close");
    response.writeHead(status, PRINTABLE.test(statusText) ? statusText : "", headers);
    // An event stream's head must not wait for its first event.
    if (this.#length === null) response.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSuperseded) return;
    const { response, meter } = this.#call;
    const read = meter === null ? chunk : meter.data(chunk);
    if (this.#call.isDraining) {
      this.#drain(controller, chunk.length);
      return;
    }
    const passed = this.#scrub === null ? read : this.#scrub.push(read);
    this.#call.bytesOut += passed.length;
    if (passed.length > 0 && this.#call.bytesOut === this.#length) {
      this.#writeLast(passed);
      return;
    }
    if (passed.length === 0 || response.write(passed)) return;
    controller.pause();
    response.once("drain", () => {
      controller.resume();
    });
  }

  /** What is known to be the last piece goes out with the head, if that still waits, and without an empty one after it. */
  #writeLast(piece: Buffer): void {
    const { response } = this.#call;
    if (piece.length <= MAX_TEXT_BYTES) response.end(piece.toString("latin1"), "latin1");
    else response.end(piece);
  }

  /** Reads on without an agent, up to the usage. */
  #drain(controller: Dispatcher.DispatchController, bytes: number): void {
    const { meter } = this.#call;
    this.#drainedBytes += bytes;
    if (meter?.isFinal !== true && this.#drainedBytes <= DRAIN_BYTES) return;
    meter?.cut();
    controller.abort(new DOMException("drained", "AbortError"));
  }

  onResponseEnd(): void {
    if (this.#isSuperseded) return;
    const { response, meter } = this.#call;
    const unread = meter?.finish();
    if (this.#call.isDraining) return;
    for (const rest of [unread === undefined ? undefined : (this.#scrub?.push(unread) ?? unread), this.#scrub?.end()]) {
      if (rest === undefined || rest.length === 0) continue;
      this.#call.bytesOut += rest.length;
      response.write(rest);
    }
    response.end();
  }

  onResponseError(_controller: unknown, fault: Error): void {
    if (this.#call.isDraining) this.#call.meter?.cut();
    else if (!this.#isSuperseded) this.#call.fail(upstreamFault(fault));
  }
}
