import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Clock } from "@agentkeys/common/clock";
import { signDelegation, deviceOf, thumbprintToHex, type Delegation, type DelegationDomain } from "@agentkeys/common/delegation";
import { listen, type Listening } from "@agentkeys/common/http-admin";
import { actorOmni, operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { publicJwk, sealToJwk, thumbprint, type PublicJwk } from "@agentkeys/common/jose";
import { Secret } from "@agentkeys/common/secret";
import { TEST_DOMAIN } from "@agentkeys/common/testing";
import type { TlsMaterial, TlsSource } from "@agentkeys/common/tls";
import type { BindingPolicy, PolicyUpdate, SealedCredential } from "@agentkeys/common/wire";

export const K10 = Secret.of(Buffer.alloc(32, 7));
const operator = operatorOmni("0x1111111111111111111111111111111111111111");
const actor = actorOmni({ operatorOmni: operator, clusterName: "c", namespace: "team-a", agent: "research" });
export const IDENTITY = { operatorOmni: operator, actorOmni: actor, deviceKeyHash: deviceOf(K10).deviceKeyHash };

/** Whose delegations an operator signs, and for which chain. */
export interface Device {
  k10: Secret;
  domain: DelegationDomain;
  identity: Pick<Delegation, "operatorOmni" | "actorOmni" | "deviceKeyHash">;
}

/** TLS material that a test can swap. */
export function swappableTls(first: TlsMaterial): TlsSource & { swap: (next: TlsMaterial) => void } {
  let material = first;
  const listeners: ((material: TlsMaterial) => void)[] = [];
  return {
    current: () => material,
    onChange: (listener) => void listeners.push(listener),
    close: () => undefined,
    swap: (next) => {
      material = next;
      for (const listener of listeners) listener(next);
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}") as Record<string, unknown>;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(typeof body === "string" ? body : JSON.stringify(body));
}

/** The session key that a request was proven with. */
function provenKey(request: IncomingMessage): PublicJwk {
  const [head = ""] = String(request.headers["dpop"]).split(".");
  return publicJwk((JSON.parse(Buffer.from(head, "base64url").toString("utf8")) as { jwk: unknown }).jwk);
}

/** An operator that enrols whoever asks, with knobs. */
export class StubOperator {
  readonly #clock: Pick<Clock, "nowSeconds">;
  readonly #streams = new Set<ServerResponse>();
  device: Device;
  policy: BindingPolicy;
  trustBundle: string | undefined;
  enrolments = 0;
  /** Changes the delegation of the next answers. */
  change: Partial<Delegation> = {};
  /** When set, answered instead. */
  refusal: { status: number; body: unknown } | null = null;
  server: Listening | null = null;

  constructor(
    clock: Pick<Clock, "nowSeconds">,
    policy: BindingPolicy,
    device: Device = { k10: K10, domain: TEST_DOMAIN, identity: IDENTITY },
  ) {
    this.#clock = clock;
    this.policy = policy;
    this.device = device;
  }

  readonly handle: RequestListener = (request, response) => {
    if (request.url === "/v1/policy") this.#stream(response);
    else void this.#enrol(request, response);
  };

  update(): PolicyUpdate {
    const bundle = this.trustBundle === undefined ? {} : { trustBundle: this.trustBundle };
    return { policy: this.policy, version: this.policy.version, ...bundle };
  }

  /** Sends a frame on every open policy stream. */
  say(event: string, data: string): void {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${data}\n\n`);
  }

  sayPolicy(): void {
    this.say("binding", JSON.stringify(this.update()));
  }

  get streams(): number {
    return this.#streams.size;
  }

  async #enrol(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { jwk } = await bodyOf(request);
    this.enrolments += 1;
    if (this.refusal !== null) {
      answer(response, this.refusal.status, this.refusal.body);
      return;
    }
    const issuedAt = this.#clock.nowSeconds();
    const delegation = await signDelegation(this.device.k10, this.device.domain, {
      ...this.device.identity,
      sessionThumbprint: thumbprintToHex(thumbprint(publicJwk(jwk))),
      services: this.policy.services.map(({ hash }) => hash),
      readOnly: false,
      namespace: "team-a",
      serviceAccount: "default",
      pod: "pod-1",
      podUid: "uid-1",
      issuedAt,
      expiresAt: issuedAt + 900,
      ...this.change,
    });
    answer(response, 200, { delegation, binding: this.update() });
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    response.write(`event: binding\ndata: ${JSON.stringify(this.update())}\n\n`);
  }
}

/** A worker that seals what it was told, with knobs. */
export class StubWorker {
  readonly #clock: Pick<Clock, "nowSeconds">;
  readonly values = new Map<string, string>();
  fetches: string[] = [];
  /** Changes what is sealed. */
  change: Partial<Record<keyof SealedCredential, unknown>> = {};
  refusal: { status: number; body: unknown } | null = null;
  /** Awaited before each answer. */
  hold: Promise<void> = Promise.resolve();

  constructor(clock: Pick<Clock, "nowSeconds">) {
    this.#clock = clock;
  }

  readonly handle: RequestListener = (request, response) => void this.#fetch(request, response);

  async #fetch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const cap = String(request.headers.authorization).slice("DPoP ".length);
    const claims = JSON.parse(Buffer.from(cap.split(".")[1] ?? "", "base64url").toString("utf8")) as { service: string; exp: number };
    await bodyOf(request);
    this.fetches.push(claims.service);
    await this.hold;
    if (this.refusal !== null) {
      answer(response, this.refusal.status, this.refusal.body);
      return;
    }
    const credential = this.values.get(claims.service) ?? "";
    const version = serviceHash(`${claims.service}-${Buffer.from(credential).length}`);
    const plain = { service: claims.service, credential, version, expires_at: Math.min(claims.exp, this.#clock.nowSeconds() + 300) };
    answer(response, 200, { ok: true, sealed: await sealToJwk(provenKey(request), { ...plain, ...this.change }) });
  }
}

/** Serves a handler that may be set later on loopback TLS. */
export async function serve(tls: TlsSource, handle: RequestListener): Promise<Listening> {
  return await listen(handle, { port: 0, host: "127.0.0.1", tls });
}
