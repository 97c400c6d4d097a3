/**
 * A credential as an agent's own device may read it through broker and worker, once and without a session that lives on. Must not
 * know who asks for it.
 */
import { generateKeyPairSync } from "node:crypto";
import type { Clock } from "../clock/index.ts";
import { signDelegation, thumbprintToHex, type DelegationDomain } from "../delegation/index.ts";
import { createProof } from "../dpop/index.ts";
import { AgentKeysError, CODES, type ErrorCode } from "../errors/index.ts";
import type { HttpClient } from "../http-client/index.ts";
import { serviceHash, type Hex } from "../identity/index.ts";
import { importSigningJwk, openJwe, thumbprint, type PrivateJwk, type SigningKey } from "../jose/index.ts";
import { Secret } from "../secret/index.ts";

const DELEGATION_SECONDS = 60;

export interface DeviceClientDeps {
  http: HttpClient;
  clock: Clock;
  newId: () => string;
  /** Origins as the services know themselves: they are part of every proof. */
  brokerUrl: string;
  workerUrl: string;
  domain: DelegationDomain;
  operatorOmni: Hex;
  actorOmni: Hex;
  device: { privateKey: Secret; deviceKeyHash: Hex };
}

async function post(
  { http, clock, newId }: DeviceClientDeps,
  key: SigningKey,
  of: { url: string; token: string; headers?: Record<string, string>; body: object },
): Promise<Record<string, unknown>> {
  const proof = await createProof(key, {
    method: "POST",
    url: of.url,
    nowSeconds: clock.nowSeconds(),
    jti: newId(),
    accessToken: of.token,
  });
  const headers = { authorization: `DPoP ${of.token}`, dpop: proof, ...of.headers };
  const { status, body } = await http.json("POST", of.url, { headers, body: of.body });
  if (status === 200 && typeof body === "object" && body !== null) return body as Record<string, unknown>;
  const reason = (body as { reason?: unknown } | null)?.reason;
  const isKnown = typeof reason === "string" && Object.hasOwn(CODES, reason);
  throw new AgentKeysError(isKnown ? (reason as ErrorCode) : "upstream_unreachable", { detail: `${new URL(of.url).pathname}: ${status}` });
}

/** Reads one credential of the actor in clear. Throws the services' own reason. */
export async function fetchAsDevice(service: string, deps: DeviceClientDeps): Promise<Secret> {
  const { clock, brokerUrl, workerUrl, operatorOmni, actorOmni, device } = deps;
  const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }) as PrivateJwk;
  const key = await importSigningJwk(jwk);
  const issuedAt = clock.nowSeconds();
  const token = await signDelegation(device.privateKey, deps.domain, {
    deviceKeyHash: device.deviceKeyHash,
    operatorOmni,
    actorOmni,
    sessionThumbprint: thumbprintToHex(thumbprint(key.publicJwk)),
    services: [serviceHash(service)],
    readOnly: true,
    namespace: "",
    serviceAccount: "",
    pod: "",
    podUid: "",
    issuedAt,
    expiresAt: issuedAt + DELEGATION_SECONDS,
  });
  const body = { operator_omni: operatorOmni, actor_omni: actorOmni, service, device_key_hash: device.deviceKeyHash };
  const { cap } = await post(deps, key, { url: `${brokerUrl}/v1/cap/cred-fetch`, token, body });
  if (typeof cap !== "string") throw new AgentKeysError("upstream_unreachable", { detail: "the broker answered no cap" });
  const headers = { "agentkeys-delegation": token };
  const { sealed } = await post(deps, key, { url: `${workerUrl}/credential/fetch`, token: cap, headers, body: {} });
  if (typeof sealed !== "string") throw new AgentKeysError("upstream_unreachable", { detail: "the worker answered nothing sealed" });
  const opened = await openJwe(sealed, jwk);
  if (opened["service"] !== service || typeof opened["credential"] !== "string")
    throw new AgentKeysError("unauthorized", { detail: "the worker sealed another service" });
  return Secret.of(opened["credential"]);
}
