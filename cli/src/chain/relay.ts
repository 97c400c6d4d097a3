/**
 * Writes of the master wallet through a relay: the wallet signs, the relay pays. What a relay says is believed only when the chain
 * shows it. Must not know any command.
 */
import { AgentKeysForwarder } from "@agentkeys/contracts";
import type { ChainConfig, FailoverProvider } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";
import {
  FORWARD_REQUEST_TYPES,
  forwardDomain,
  forwardMessage,
  forwardRequestId,
  type ForwardRequest,
  type SignedForwardRequest,
} from "@agentkeys/common/forward-request";
import { concat, Interface } from "ethers";
import { usage } from "../command.ts";
import type { WalletSigner } from "../wallet/port.ts";
import { receiptOf } from "./receipt.ts";
import type { Carry, Sent } from "./wallet.ts";

const FORWARDER = new Interface(AgentKeysForwarder.abi);
const LIFE_SECONDS = 600;
const CALL_TIMEOUT_MS = 15_000;
const LOOK_AGAIN_MS = 500;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const SOVEREIGN = "run the same command without --relay to send the transaction from your own wallet, which then pays";

export interface RelayDeps {
  url: string;
  chain: ChainConfig;
  signer: WalletSigner;
  provider: FailoverProvider;
  clock: Clock;
  signal: AbortSignal;
}

interface Answer {
  status: number;
  body: { status?: string; transaction?: string; reason?: string; error?: string };
}

/** How writes go out with --relay; throws `invalid_input` for a URL that is none, `config_invalid` where the chain has no forwarder. */
export function throughRelay(deps: RelayDeps): Carry {
  const base = relayUrl(deps.url);
  const { chain, signer, provider } = deps;
  const { forwarder } = chain.contracts;
  if (forwarder === undefined)
    throw new AgentKeysError("config_invalid", {
      message: `The contracts of this chain trust no forwarder, so no relay can carry for you: ${SOVEREIGN}`,
    });
  const domain = { chainId: chain.chainId, forwarder };
  return async (call, words, onSent) => {
    const message = await requestOf(deps, { forwarder, call });
    const signature = await signer.signTypedData({
      domain: forwardDomain(domain),
      types: FORWARD_REQUEST_TYPES,
      primaryType: "ForwardRequest",
      message: { ...message },
      words,
    });
    const request: SignedForwardRequest = { ...message, signature };
    await handOver(deps, base, request);
    const hash = await untilOver(deps, base, { id: forwardRequestId(domain, request), deadline: request.deadline });
    onSent?.(hash);
    return await shownOnChain(provider, { hash, forwarder, request });
  };
}

/** Where a relay takes requests; throws `invalid_input` for a URL that is none, or not safe. */
export function relayUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url !== null && (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname)));
  if (!isSafe || url.username !== "" || url.search !== "") throw usage("--relay must be an https URL, or http on this machine");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/relay`;
  return url;
}

async function requestOf(
  { signer, provider, clock }: RelayDeps,
  { forwarder, call: { to, data } }: { forwarder: string; call: { to: string; data: string } },
): Promise<ForwardRequest> {
  const answer = await provider.call({ to: forwarder, data: FORWARDER.encodeFunctionData("nonces", [signer.address]) });
  const [nonce] = FORWARDER.decodeFunctionResult("nonces", answer) as unknown as [bigint];
  // Asked as the forwarder will ask: the wallet stands behind the call data.
  const gas = await provider.estimateGas({ from: forwarder, to, data: concat([data, signer.address]) });
  const deadline = clock.nowSeconds() + LIFE_SECONDS;
  return forwardMessage({ from: signer.address, to, value: 0, gas: Math.ceil(Number(gas) * 1.3), nonce: Number(nonce), deadline, data });
}

async function ask({ signal }: RelayDeps, url: URL | string, init: RequestInit = {}): Promise<Answer> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  const response = await fetch(url, { ...init, redirect: "error", signal: within });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

async function handOver(deps: RelayDeps, base: URL, request: SignedForwardRequest): Promise<void> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(request) };
  const { status, body } = await ask(deps, base, init).catch((cause: unknown) => {
    throw new AgentKeysError("relay_unavailable", { message: `The relay at ${base.host} does not answer: ${SOVEREIGN}`, cause });
  });
  if (status === 202) return;
  const { reason = "", error = `it answered ${status}` } = body;
  const code: ErrorCode = Object.hasOwn(CODES, reason) ? (reason as ErrorCode) : "relay_unavailable";
  throw new AgentKeysError(code, { message: `The relay at ${base.host} does not carry this (${printable(error)}): ${SOVEREIGN}` });
}

/** What comes from outside is shown without anything that could move a terminal's cursor. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 300);
}

/** Waits until the relay says what became of the request; answers the hash of the transaction it was carried in. */
async function untilOver(deps: RelayDeps, base: URL, of: { id: string; deadline: number }): Promise<string> {
  const { clock, signal } = deps;
  for (;;) {
    // One that does not answer now may answer later: only the deadline ends the request for certain.
    const answer = await ask(deps, `${base.href}/${of.id}`).catch(() => null);
    const { status, transaction, reason = "no reason was given" } = answer?.body ?? {};
    if (status === "done" && transaction !== undefined) return transaction;
    if (status === "failed" || status === "expired")
      throw new AgentKeysError("relay_unavailable", { message: `The relay did not carry it (${printable(reason)}): ${SOVEREIGN}` });
    if (clock.nowSeconds() > of.deadline)
      throw new AgentKeysError("relay_unavailable", {
        message: `The relay at ${base.host} took the request and has not carried it; its time is over, so it cannot be carried any more: ${SOVEREIGN}`,
      });
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}

/** Throws `call_refused` unless the chain itself shows that exactly this request was carried out. */
async function shownOnChain(
  provider: FailoverProvider,
  { hash, forwarder, request }: { hash: string; forwarder: string; request: SignedForwardRequest },
): Promise<Sent> {
  const receipt = await receiptOf(provider, hash, CALL_TIMEOUT_MS).catch(() => null);
  const isShown = receipt?.logs.some((log) => {
    if (log.address.toLowerCase() !== forwarder) return false;
    const parsed = FORWARDER.parseLog(log);
    if (parsed?.name !== "ExecutedForwardRequest") return false;
    const [signer, nonce, isSuccess] = parsed.args as unknown as [string, bigint, boolean];
    return signer.toLowerCase() === request.from.toLowerCase() && nonce === BigInt(request.nonce) && isSuccess;
  });
  if (receipt !== null && isShown === true) return { hash, block: receipt.blockNumber };
  throw new AgentKeysError("call_refused", {
    message: `The relay says that ${hash} carried the request, but the chain does not show it: look at it`,
  });
}
