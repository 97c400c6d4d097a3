import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { Admission } from "./admission.ts";
import { BodyGate } from "./body-gate.ts";
import type { Call } from "./call.ts";
import { responseHeaders } from "./headers.ts";
import { inject, type Injected } from "./inject.ts";
import type { PlaceholderCheck } from "./placeholder.ts";
import type { Credential, CredentialSource } from "./ports.ts";
import { upstreamFault, type Upstreams } from "./upstreams.ts";

export interface RelayDeps {
  credentials: CredentialSource;
  upstreams: Upstreams;
  placeholder: PlaceholderCheck;
  /** New connections are no longer wanted from this client. */
  isDraining: () => boolean;
}

const PRINTABLE = /^[\t\x20-\x7e]*$/;
const IDEMPOTENT = new Set(["GET", "HEAD"]);

function rawPairs(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((item) => (Buffer.isBuffer(item) ? item.toString("latin1") : String(item)));
}

/** One dispatch to the upstream; streams its answer to the client with back-pressure. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #injected: Injected;
  readonly #mask: string;
  readonly #isDraining: boolean;
  /** Set for an attempt whose 401 may be answered by a newer key; resolves to whether another attempt takes over. */
  readonly #retry: (() => Promise<boolean>) | null;
  #controller: Dispatcher.DispatchController | null = null;
  #isSuperseded = false;

  constructor(call: Call, injected: Injected, options: { mask: string; isDraining: boolean; retry: (() => Promise<boolean>) | null }) {
    this.#call = call;
    this.#injected = injected;
    this.#mask = options.mask;
    this.#isDraining = options.isDraining;
    this.#retry = options.retry;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    const cancel = (): void => {
      controller.abort(this.#call.signal.reason as Error);
    };
    if (this.#call.signal.aborted) cancel();
    else this.#call.signal.addEventListener("abort", cancel, { once: true });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText = ""): void {
    if (status < 200) return;
    if (status !== 401 || this.#retry === null) {
      this.#writeHead(controller, status, statusText);
      return;
    }
    controller.pause();
    void this.#retry().then((isTakenOver) => {
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
    const headers = responseHeaders(rawPairs(controller.rawHeaders), this.#injected.spellings, this.#mask);
    const isSized = headers.some((text, index) => index % 2 === 0 && text.toLowerCase() === "content-length");
    if (this.#isDraining) headers.push("connection", "close");
    response.writeHead(status, PRINTABLE.test(statusText) ? statusText : "", headers);
    // An event stream's head must not wait for its first event.
    if (!isSized) response.flushHeaders();
    response.on("drain", () => {
      this.#controller?.resume();
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSuperseded) return;
    this.#call.bytesOut += chunk.length;
    if (!this.#call.response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.#isSuperseded) this.#call.response.end();
  }

  onResponseError(_controller: unknown, fault: Error): void {
    if (!this.#isSuperseded) this.#call.fail(upstreamFault(fault));
  }
}

function openBody(call: Call, admission: Admission, needle: Buffer): Readable | null {
  if (!call.hasBody) return null;
  const gate = new BodyGate(needle, admission.service.limits.bodyBytes);
  call.bytesIn = () => gate.bytes;
  if (call.request.headers.expect !== undefined) call.response.writeContinue();
  // Not a pipeline: a refused body must not take the connection down before the answer is out.
  call.request.on("error", () => gate.destroy());
  call.request.pipe(gate);
  return gate;
}

interface Round {
  credential: Credential;
  injected: Injected;
  body: Readable | null;
  isFirst: boolean;
}

function dispatch(call: Call, admission: Admission, round: Round, deps: RelayDeps): void {
  const { service, target, headers } = admission;
  const { credential, injected, body } = round;
  call.credentialVersion = credential.version;
  const method = call.request.method as Dispatcher.HttpMethod;
  const retry = async (): Promise<boolean> => {
    const fresh = await deps.credentials.refetch(service.name, credential.version).catch(() => null);
    if (fresh === null || fresh.version === credential.version || call.signal.aborted) return false;
    try {
      dispatch(call, admission, { credential: fresh, injected: inject(service, target, headers, fresh), body: null, isFirst: false }, deps);
      return true;
    } catch {
      return false;
    }
  };
  const attempt = new Attempt(call, injected, {
    mask: deps.placeholder.bytes.toString(),
    isDraining: deps.isDraining(),
    retry: round.isFirst && body === null && IDEMPOTENT.has(method) ? retry : null,
  });
  deps.upstreams.poolFor(service).dispatch({ path: injected.path, method, headers: injected.headers, body }, attempt);
}

/**
 * Sends an admitted call with its key and streams the answer; every fault ends the call. A key that cannot be sent is refused
 * before the body is asked for or a connection used. A 401 to GET or HEAD is tried once more if the key has changed meanwhile.
 */
export function relay(call: Call, admission: Admission, credential: Credential, deps: RelayDeps): void {
  const injected = inject(admission.service, admission.target, admission.headers, credential);
  const body = openBody(call, admission, deps.placeholder.bytes);
  dispatch(call, admission, { credential, injected, body, isFirst: true }, deps);
}
