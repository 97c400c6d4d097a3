/**
 * Enrolment and policies for sidecars (protocol §5). Every replica serves it. Must not write to the chain or to a binding.
 */
import type { Express, Request, RequestHandler, Response } from "express";
import type { Clock } from "@agentkeys/common/clock";
import { authenticateCall } from "@agentkeys/common/delegated-call";
import {
  openDelegation,
  signDelegation,
  thumbprintToHex,
  MAX_DELEGATION_SECONDS,
  type DelegationDomain,
} from "@agentkeys/common/delegation";
import { ReplayCache, verifyProof } from "@agentkeys/common/dpop";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createApp, finishApp } from "@agentkeys/common/http";
import { publicJwk, thumbprint } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { validator } from "@agentkeys/common/validator";
import type { EnrollAnswer } from "@agentkeys/common/wire";
import { checkEnrollRequest } from "@agentkeys/common/wire-checks";
import { deviceSecretName, type Caches, type DeviceKeys } from "../controllers/index.ts";
import type { KubeApi } from "../kube/index.ts";
import { enrollableBinding, policyOf } from "./bindings.ts";
import { createGate } from "./gate.ts";
import { PolicyStreams } from "./policy-streams.ts";
import { createBudgetSigner, type SignBudgets } from "./statements.ts";
import { verifyPod } from "./verify-pod.ts";

export { enrollableBinding, policyOf } from "./bindings.ts";
export { PolicyStreams } from "./policy-streams.ts";
export { verifyPod } from "./verify-pod.ts";

const HEARTBEAT_MS = 15_000;
/** Pods looked into at once: anybody who reaches the port can make up a token and a key, and each costs the API server a review. */
const MOST_REVIEWS = 64;

export interface EnrolOptions {
  api: KubeApi;
  caches: Caches;
  keys: DeviceKeys;
  domain: DelegationDomain;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  publicUrl: string;
  /** Every CA that sidecars shall trust, PEM; read afresh each time. */
  trustBundle: () => string;
  signal: AbortSignal;
}

/** The express app of port 8443. */
export function createEnrolApp(options: EnrolOptions): Express {
  const app = createApp({ log: options.log, metrics: options.metrics });
  const seen = new ReplayCache(options.clock);
  const sign = createBudgetSigner(options);
  const streams = new PolicyStreams(options.caches, options.trustBundle, sign);
  const count = options.metrics.counter("enrolments_total", "Enrolments by outcome", ["outcome"]);
  const gauge = options.metrics.gauge("policy_streams", "Open policy streams");
  app.post(
    "/v1/enroll",
    enrol(options, { seen, sign }, (outcome) => count.inc({ outcome })),
  );
  app.get("/v1/policy", policy(options, seen, streams));
  finishApp(app, options);
  void beat(options, () => {
    streams.heartbeat();
    gauge.set(streams.size);
  });
  return app;
}

async function beat({ clock, signal }: EnrolOptions, tell: () => void): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(HEARTBEAT_MS, signal).catch(() => undefined);
    tell();
  }
}

function enrol(options: EnrolOptions, shared: { seen: ReplayCache; sign: SignBudgets }, tell: (outcome: string) => void): RequestHandler {
  const gate = createGate(MOST_REVIEWS);
  const parse = validator<{ jwk: unknown }>(checkEnrollRequest);
  return async (request, response) => {
    try {
      const answer = await answerEnrol(options, request, { ...shared, gate, parse });
      tell("enrolled");
      response.json(answer);
    } catch (fault) {
      tell(fault instanceof AgentKeysError ? fault.code : "internal");
      throw fault;
    }
  };
}

async function answerEnrol(
  options: EnrolOptions,
  request: Request,
  {
    seen,
    sign,
    gate,
    parse,
  }: { seen: ReplayCache; sign: SignBudgets; gate: ReturnType<typeof createGate>; parse: (body: unknown) => { jwk: unknown } },
): Promise<EnrollAnswer> {
  const { api, caches, keys, domain, clock, publicUrl } = options;
  const token = /^Bearer ([\w.~+/=-]+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw new AgentKeysError("unauthorized", { detail: "no bearer token" });
  const jkt = thumbprint(publicJwk(parse(request.body).jwk));
  const url = `${publicUrl}/v1/enroll`;
  const proof = request.headers["dpop"];
  await verifyProof({ proof, method: "POST", url, accessToken: token, clock, seen, expectedThumbprint: jkt });
  const pod = await gate(() => verifyPod(api, token));
  const binding = enrollableBinding(caches, pod);
  const policyNow = policyOf(caches, binding);
  const key = policyNow === null ? null : await keys.readDevice(deviceSecretName(pod.namespace, pod.binding), policyNow.deviceKeyHash);
  if (policyNow === null || key === null) throw new AgentKeysError("enrol_refused", { message: "The binding's device is not ready yet" });
  const now = clock.nowSeconds();
  const delegation = await signDelegation(key.privateKey, domain, {
    deviceKeyHash: key.deviceKeyHash,
    operatorOmni: policyNow.operatorOmni,
    actorOmni: policyNow.actorOmni,
    sessionThumbprint: thumbprintToHex(jkt),
    services: policyNow.services.map(({ hash }) => hash),
    readOnly: binding.spec.readOnly ?? true,
    namespace: pod.namespace,
    serviceAccount: pod.serviceAccount,
    pod: pod.name,
    podUid: pod.uid,
    issuedAt: now,
    expiresAt: now + MAX_DELEGATION_SECONDS,
  });
  return { delegation, binding: { policy: await sign(policyNow), version: policyNow.version, trustBundle: options.trustBundle() } };
}

function policy(options: EnrolOptions, seen: ReplayCache, streams: PolicyStreams): RequestHandler {
  const { caches, domain, clock, publicUrl } = options;
  return async (request, response) => {
    const { authorization, dpop: proof } = request.headers;
    const call = { authorization, proof, method: "GET", url: `${publicUrl}/v1/policy` };
    const { delegation } = await authenticateCall(call, { clock, seen, openDelegation: (token) => openDelegation(token, domain, clock) });
    const binding = caches
      .bindings()
      .find(({ metadata, status }) => metadata.namespace === delegation.namespace && status?.deviceKeyHash === delegation.deviceKeyHash);
    const first = binding === undefined ? null : policyOf(caches, binding);
    if (binding === undefined || first === null) throw new AgentKeysError("enrol_refused", { message: "The binding no longer exists" });
    const write = startStream(response);
    const leave = streams.open(`${binding.metadata.namespace ?? ""}/${binding.metadata.name}`, first, write);
    const ended = new AbortController();
    response.on("close", () => ended.abort());
    const leftMs = delegation.expiresAt * 1000 - clock.nowMs();
    await clock.sleep(leftMs, AbortSignal.any([ended.signal, options.signal])).catch(() => undefined);
    leave();
    response.end();
  };
}

function startStream(response: Response): (event: string, data: object) => void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  return (event, data) => {
    // A peer that does not read is cut rather than buffered for.
    if (response.writableLength > 1_048_576) response.destroy();
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
}
