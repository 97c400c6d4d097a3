/** Delegations, proofs and caps: honest ones, and forged ones with any field, header, key or algorithm. */
import { CAP_AUDIENCE, CAP_TYP, type Cap, type CapOp } from "@agentkeys/common/cap";
import { delegationHash, signDelegation, thumbprintToHex, type Delegation, type DelegationDomain } from "@agentkeys/common/delegation";
import { DPOP_TYP, proofClaims } from "@agentkeys/common/dpop";
import { serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey, signJws, thumbprint, type Claims, type SigningKey } from "@agentkeys/common/jose";
import { createHmac, randomUUID } from "node:crypto";
import type { Device } from "./loot.ts";

/** A session key and the delegation it goes with. */
export interface Session {
  key: SigningKey;
  jkt: string;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

export async function newSession(): Promise<Session> {
  const key = await generateSigningKey();
  return { key, jkt: thumbprint(key.publicJwk) };
}

/** What `signer`'s device key says of `device`, for a session; `change` lies about any member. */
export function delegate(
  of: { device: Device; session: Session; services: readonly string[]; domain: DelegationDomain; signer?: Device },
  change: Partial<Delegation> = {},
): Promise<string> {
  const { deviceKeyHash, operatorOmni, actorOmni } = of.device;
  const issuedAt = nowSeconds();
  return signDelegation((of.signer ?? of.device).k10, of.domain, {
    deviceKeyHash,
    operatorOmni,
    actorOmni,
    sessionThumbprint: thumbprintToHex(of.session.jkt),
    services: of.services.map(serviceHash),
    readOnly: false,
    namespace: "attack",
    serviceAccount: "default",
    pod: "attack",
    podUid: "attack",
    issuedAt,
    expiresAt: issuedAt + 900,
    ...change,
  });
}

/** A proof for one request; `change` replaces any claim. */
export function prove(session: Session, of: { method?: string; url: string; accessToken: string }, change: Claims = {}): Promise<string> {
  const { method = "POST", url, accessToken } = of;
  const claims = proofClaims({ method, url, nowSeconds: nowSeconds(), jti: randomUUID(), accessToken });
  return signJws(session.key, { typ: DPOP_TYP, payload: { ...claims, ...change }, headerJwk: true });
}

/** The claims a broker would put into a cap. */
export function capClaims(of: {
  device: Device;
  session: Session;
  delegation: string;
  service: string;
  op?: CapOp;
  iss: string;
  epoch: number;
}): Cap {
  const iat = nowSeconds();
  return {
    iss: of.iss,
    aud: CAP_AUDIENCE,
    jti: randomUUID(),
    iat,
    exp: iat + 300,
    operator_omni: of.device.operatorOmni,
    actor_omni: of.device.actorOmni,
    service: of.service,
    op: of.op ?? "cred-fetch",
    data_class: "credentials",
    device_key_hash: of.device.deviceKeyHash,
    k3_epoch: of.epoch,
    dgh: delegationHash(of.delegation),
    cnf: { jkt: of.session.jkt },
  };
}

/** A cap by any P-256 key, with any claims. */
export const sign = (key: SigningKey, claims: object, typ: string = CAP_TYP): Promise<string> =>
  signJws(key, { typ, payload: { ...claims } });

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token with any header and no honest signature: `none`, or HMAC with a key everybody knows. */
export function unsigned(header: object, claims: object, hmacKey?: string): string {
  const head = `${part(header)}.${part(claims)}`;
  return `${head}.${hmacKey === undefined ? "" : createHmac("sha256", hmacKey).update(head).digest("base64url")}`;
}

/** The token with one claim replaced under the old signature. */
export function tamper(token: string, change: Claims): string {
  const [head = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Claims;
  return `${head}.${part({ ...claims, ...change })}.${signature}`;
}
