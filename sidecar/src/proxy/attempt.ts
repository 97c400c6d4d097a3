import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Dispatcher } from "undici";
import type { Call } from "./call.ts";
import { isAccepted } from "./handshake.ts";
import { responseHeaders } from "./headers.ts";
import type { Injected } from "./inject.ts";
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
}

const PRINTABLE = /^[\t\x20-\x7e]*$/;

function rawPairs(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (Buffer.isBuffer(item) ? item.toString("latin1") : String(item)));
}

/** One dispatch to the upstream; streams its answer to the client with back-pressure, or joins the two sockets after a 101. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #injected: Injected;
  readonly #options: AttemptOptions;
  #isSuperseded = false;

  constructor(call: Call, injected: Injected, options: AttemptOptions) {
    this.#call = call;
    this.#injected = injected;
    this.#options = options;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#call.onCancel((fault) => {
      controller.abort(fault);
    });
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
    const unsized = raw.filter((_, index) => raw[index - (index % 2)]?.toLowerCase() !== "content-length");
    const { headers } = responseHeaders(unsized, this.#injected.spellings, this.#options.mask);
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
    const { response } = this.#call;
    const { headers, isSized } = responseHeaders(rawPairs(controller.rawHeaders), this.#injected.spellings, this.#options.mask);
    if (this.#options.isDraining) headers.push("connection", "close");
    response.writeHead(status, PRINTABLE.test(statusText) ? statusText : "", headers);
    // An event stream's head must not wait for its first event.
    if (!isSized) response.flushHeaders();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSuperseded) return;
    this.#call.bytesOut += chunk.length;
    const { response } = this.#call;
    if (response.write(chunk)) return;
    controller.pause();
    response.once("drain", () => {
      controller.resume();
    });
  }

  onResponseEnd(): void {
    if (!this.#isSuperseded) this.#call.response.end();
  }

  onResponseError(_controller: unknown, fault: Error): void {
    if (!this.#isSuperseded) this.#call.fail(upstreamFault(fault));
  }
}
