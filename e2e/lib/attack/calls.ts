/** One exchange each with broker, worker and operator. Every part may be replaced by a forged one. */
import { routeOf } from "@agentkeys/common/cap-chain";
import type { Cap, CapOp } from "@agentkeys/common/cap";
import type { Claims } from "@agentkeys/common/jose";
import { kubectl } from "../kube.ts";
import { granted, type Answer } from "./expect.ts";
import type { Kit, Party } from "./kit.ts";
import { capClaims, delegate, prove, sign, type Session } from "./tokens.ts";

/** What a caller presents to the broker; `request` replaces members of the body, `proof` and `headers` what goes with it. */
export interface MintAttempt {
  party: Party;
  op?: CapOp;
  service?: string;
  request?: Record<string, unknown>;
  proof?: string;
  headers?: Record<string, string>;
}

/** Asks the broker for a cap as a party: its device, session and delegation. */
export async function mint(kit: Kit, of: MintAttempt): Promise<Answer> {
  const { party, op = "cred-fetch", service = "attack-alpha" } = of;
  const path = `/v1/cap/${op}`;
  const { delegation, session, device } = party;
  const proof = of.proof ?? (await prove(session, { url: `${kit.broker.url}${path}`, accessToken: delegation }));
  return kit.broker.call("POST", path, {
    headers: of.headers ?? { authorization: `DPoP ${delegation}`, dpop: proof },
    body: {
      operator_omni: device.operatorOmni,
      actor_omni: device.actorOmni,
      service,
      device_key_hash: device.deviceKeyHash,
      ...of.request,
    },
  });
}

/** A cap the broker minted. */
export async function capOf(kit: Kit, of: MintAttempt): Promise<string> {
  return String(granted(await mint(kit, of))["cap"]);
}

/** What a cap says, without trusting it. */
export function decodeCap(cap: string): Cap {
  return JSON.parse(Buffer.from(cap.split(".")[1] ?? "", "base64url").toString("utf8")) as Cap;
}

/** What a caller presents to the worker. */
export interface UseAttempt {
  cap: string;
  delegation: string;
  session: Session;
  op?: CapOp;
  body?: object;
  proof?: string;
  /** Claims of the proof that lie. */
  claims?: Claims;
}

/** Presents a cap to the worker. */
export async function use(kit: Kit, of: UseAttempt): Promise<Answer> {
  const path = routeOf(of.op ?? "cred-fetch");
  const proof = of.proof ?? (await prove(of.session, { url: `${kit.worker.url}${path}`, accessToken: of.cap }, of.claims));
  return kit.worker.call("POST", path, {
    headers: { authorization: `DPoP ${of.cap}`, dpop: proof, "agentkeys-delegation": of.delegation },
    body: of.body ?? {},
  });
}

/** A cap signed with the stolen K1: a party's claims, with `lie` over them. */
export async function forge(kit: Kit, party: Party, lie: Partial<Cap> = {}, typ?: string): Promise<string> {
  const claims = capClaims({ ...party, service: "attack-alpha", iss: kit.broker.url, epoch: kit.epoch });
  return sign(kit.loot.k1, { ...claims, ...lie }, typ);
}

/** A pod-bound token of a live pod, as its kubelet would project it. */
export async function tokenOf(namespace: string, pod: string, audience = "agentkeys-enroll"): Promise<string> {
  const bound = ["--bound-object-kind", "Pod", "--bound-object-name", pod];
  return (await kubectl("-n", namespace, "create", "token", "default", "--audience", audience, ...bound)).trim();
}

/** Asks the operator for a delegation; `proof` and `session` may be somebody else's. */
export async function enrol(kit: Kit, of: { token: string; session: Session; prover?: Session; proof?: string }): Promise<Answer> {
  const { kty, crv, x, y } = of.session.key.publicJwk;
  const proof = of.proof ?? (await prove(of.prover ?? of.session, { url: `${kit.operator.url}/v1/enroll`, accessToken: of.token }));
  return kit.operator.call("POST", "/v1/enroll", {
    headers: { ...(of.token === "" ? {} : { authorization: `Bearer ${of.token}` }), dpop: proof },
    body: { jwk: { kty, crv, x, y } },
  });
}

/** A party of one device, with a session of its own and whatever delegation its device key signs. */
export async function partyOf(
  kit: Pick<Kit, "domain">,
  of: { device: Party["device"]; session: Session; services?: readonly string[] },
  change: Parameters<typeof delegate>[1] = {},
): Promise<Party> {
  const { device, session, services = ["attack-alpha"] } = of;
  return { device, session, delegation: await delegate({ device, session, services, domain: kit.domain }, change) };
}
