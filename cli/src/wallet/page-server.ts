/**
 * A page on loopback that talks to one command: opened once, with a token that only the terminal showed. Must not know wallets,
 * chains or what is signed.
 */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AgentKeysError } from "@agentkeys/common/errors";
import { listen } from "@agentkeys/common/http";
import { readAtMost } from "../machine.ts";
import { pageHtml, securityHeaders } from "./html.ts";

const TOKEN_BYTES = 32;
const MAX_BODY_BYTES = 65_536;
/** For the last line to reach the page. */
const CLOSE_GRACE_MS = 200;
const HOST = "127.0.0.1";

/** What a page answered, or the fault its wallet met: `code` as in EIP-1193. */
export type PageAnswer = Record<string, unknown>;

/** A page that one person has open. */
export interface WalletPage {
  /** Where to open it, once. */
  readonly url: string;
  /** Shows a job and waits for its answer. Rejects with `wallet_page_closed` when the page goes, or never came. */
  ask(job: object): Promise<PageAnswer>;
  /** Says so on the page and ends. */
  close(text: string): Promise<void>;
}

interface Waiting {
  id: string;
  line: string;
  resolve: (answer: PageAnswer) => void;
  reject: (fault: AgentKeysError) => void;
}

interface Deps {
  randomBytes: (length: number) => Uint8Array;
  newId: () => string;
}

/** Starts the page on a free port. */
export async function servePage({ randomBytes, newId }: Deps): Promise<WalletPage> {
  const secret = (): string => Buffer.from(randomBytes(TOKEN_BYTES)).toString("base64url");
  const [token, session] = [secret(), secret()];
  const state: PageState = { isOpened: false, jobs: null, waiting: null, isGone: false };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refuse = (status: number, text: string): void =>
      void response.writeHead(status, { ...securityHeaders(secret()), "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
    const { host, origin, "sec-fetch-site": site, "sec-purpose": purpose } = request.headers;
    const own = `${HOST}:${server.port}`;
    // A name that somebody made resolve to loopback is another page's way in.
    if (host !== own) refuse(421, "wrong host");
    else if (request.method === "GET" && isSame(request.url ?? "", `/${token}/`)) {
      if (purpose !== undefined) refuse(503, "not in advance");
      else if (site !== undefined && site !== "none") refuse(403, "opened by another site: type or paste the address");
      else if (state.isOpened) refuse(410, "This page was opened already. Run the command again for a new one.");
      else {
        state.isOpened = true;
        const nonce = secret();
        response
          .writeHead(200, { ...securityHeaders(nonce), "content-type": "text/html; charset=utf-8" })
          .end(pageHtml({ session, nonce }));
      }
    } else if (request.method !== "POST") refuse(404, "not found");
    else if (origin !== `http://${own}` || (site !== undefined && site !== "same-origin")) refuse(403, "wrong origin");
    else if (!isSame(String(request.headers["agentkeys-page"] ?? ""), session)) refuse(403, "wrong page");
    else if (request.url === "/jobs" && state.jobs === null) followJobs(state, response);
    else if (request.url === "/answer") refuse(await takeAnswer(state, request), "");
    else refuse(404, "not found");
  };
  const server = await listen((request, response) => void serve(request, response).catch(() => response.destroy()), {
    port: 0,
    host: HOST,
  });
  return {
    url: `http://${HOST}:${server.port}/${token}/`,
    ask: (job) =>
      new Promise((resolve, reject) => {
        const id = newId();
        if (state.isGone) reject(closed());
        else push(state, { id, line: JSON.stringify({ id, ...job }), resolve, reject });
      }),
    close: async (text) => {
      state.jobs?.end(`${JSON.stringify({ kind: "end", text })}\n`);
      state.isGone = true;
      state.waiting?.reject(closed());
      state.waiting = null;
      await server.close(CLOSE_GRACE_MS);
    },
  };
}

interface PageState {
  isOpened: boolean;
  /** The stream of jobs of the page that is open. */
  jobs: ServerResponse | null;
  waiting: Waiting | null;
  isGone: boolean;
}

function closed(): AgentKeysError {
  return new AgentKeysError("wallet_page_closed");
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function push(state: PageState, job: Waiting): void {
  state.waiting = job;
  state.jobs?.write(`${job.line}\n`);
}

function followJobs(state: PageState, response: ServerResponse): void {
  state.jobs = response;
  response.writeHead(200, { ...securityHeaders("none"), "content-type": "application/x-ndjson" });
  response.flushHeaders();
  response.once("close", () => {
    state.isGone = true;
    state.waiting?.reject(closed());
    state.waiting = null;
  });
  if (state.waiting !== null) response.write(`${state.waiting.line}\n`);
}

/** Hands an answer to who waits for it; answers the HTTP status. */
async function takeAnswer(state: PageState, request: IncomingMessage): Promise<number> {
  const body = await readAtMost(request as AsyncIterable<Buffer>, MAX_BODY_BYTES);
  if (body.length > MAX_BODY_BYTES) return 413;
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString("utf8"));
  } catch {
    return 400;
  }
  const { waiting } = state;
  if (typeof answer !== "object" || answer === null) return 400;
  if (waiting === null || (answer as PageAnswer)["id"] !== waiting.id) return 409;
  state.waiting = null;
  waiting.resolve(answer as PageAnswer);
  return 204;
}
