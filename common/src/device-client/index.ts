/**
 * A credential as an agent's own device may read it through broker and worker, once and without a session that lives on. Must not
 * know who asks for it.
 */
import { generateKeyPairSync } from "node:crypto";
import type { Clock } from "../clock/index.ts";
import { signDelegation, thumbprintToHex, type DelegationDomain } from "../delegation/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import type { HttpClient } from "../http-client/index.ts";
import { serviceHash, type Hex } from "../identity/index.ts";
import { importSigningJwk, openJwe, thumbprint, type PrivateJwk } from "../jose/index.ts";
import { postProven } from "../proven-call/index.ts";
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
  const { cap } = await postProven<{ cap?: unknown }>(deps, key, { url: `${brokerUrl}/v1/cap/cred-fetch`, token, body });
  if (typeof cap !== "string") throw new AgentKeysError("upstream_unreachable", { detail: "the broker answered no cap" });
  const headers = { "agentkeys-delegation": token };
  const { sealed } = await postProven<{ sealed?: unknown }>(deps, key, {
    url: `${workerUrl}/credential/fetch`,
    token: cap,
    headers,
    body: {},
  });
  if (typeof sealed !== "string") throw new AgentKeysError("upstream_unreachable", { detail: "the worker answered nothing sealed" });
  const opened = await openJwe(sealed, jwk);
  if (opened["service"] !== service || typeof opened["credential"] !== "string")
    throw new AgentKeysError("unauthorized", { detail: "the worker sealed another service" });
  return Secret.of(opened["credential"]);
}
