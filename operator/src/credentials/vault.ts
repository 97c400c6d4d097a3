import type { Clock } from "@agentkeys/common/clock";
import { signDelegation, thumbprintToHex, type DelegationDomain } from "@agentkeys/common/delegation";
import { createProof } from "@agentkeys/common/dpop";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { generateSigningKey, thumbprint, type SigningKey } from "@agentkeys/common/jose";
import type { Secret } from "@agentkeys/common/secret";

const DELEGATION_SECONDS = 300;

export interface VaultOptions {
  http: HttpClient;
  clock: Clock;
  newId: () => string;
  brokerUrl: string;
  workerUrl: string;
  domain: DelegationDomain;
  operatorOmni: Hex;
  masterDevice: { privateKey: Secret; deviceKeyHash: Hex };
}

/** The vault as the operator's master device may use it: store and list for every actor of its operator, never fetch. */
export interface Vault {
  store(of: { actorOmni: Hex; service: string; value: Secret }): Promise<{ version: string }>;
  /** Versions by service name. */
  list(actorOmni: Hex, service: string): Promise<Map<string, string>>;
}

/** Opens the vault through broker and worker. Each call has a session key of its own. */
export function openVault(options: VaultOptions): Vault {
  const { http, clock, newId, brokerUrl, workerUrl, domain, operatorOmni, masterDevice } = options;

  const delegate = async (key: SigningKey, service: string): Promise<string> => {
    const now = clock.nowSeconds();
    return await signDelegation(masterDevice.privateKey, domain, {
      deviceKeyHash: masterDevice.deviceKeyHash,
      operatorOmni,
      actorOmni: operatorOmni,
      sessionThumbprint: thumbprintToHex(thumbprint(key.publicJwk)),
      services: [serviceHash(service)],
      readOnly: false,
      namespace: "",
      serviceAccount: "",
      pod: "",
      podUid: "",
      issuedAt: now,
      expiresAt: now + DELEGATION_SECONDS,
    });
  };
  const call = async (key: SigningKey, url: string, token: string, headers: Record<string, string>, body: object): Promise<Answer> => {
    const proof = await createProof(key, { method: "POST", url, nowSeconds: clock.nowSeconds(), jti: newId(), accessToken: token });
    const answer = await http.json("POST", url, { headers: { authorization: `DPoP ${token}`, dpop: proof, ...headers }, body });
    if (answer.status === 200) return answer.body as Answer;
    const refusal = answer.body as { reason?: unknown } | null;
    const reason = typeof refusal?.reason === "string" ? refusal.reason : "no reason";
    throw new AgentKeysError("upstream_unreachable", { detail: `${new URL(url).pathname}: ${answer.status} ${reason}` });
  };
  const exchange = async (op: "store" | "list", actorOmni: Hex, service: string, body: object): Promise<Answer> => {
    const key = await generateSigningKey();
    const delegation = await delegate(key, service);
    const request = { operator_omni: operatorOmni, actor_omni: actorOmni, service, device_key_hash: masterDevice.deviceKeyHash };
    const { cap } = await call(key, `${brokerUrl}/v1/cap/cred-${op}`, delegation, {}, request);
    if (cap === undefined) throw new AgentKeysError("upstream_unreachable", { detail: "the broker answered no cap" });
    return await call(key, `${workerUrl}/credential/${op}`, cap, { "agentkeys-delegation": delegation }, body);
  };
  return {
    async store({ actorOmni, service, value }) {
      const { version } = await exchange("store", actorOmni, service, { value_b64: value.revealBytes().toString("base64") });
      return { version: version ?? "" };
    },
    async list(actorOmni, service) {
      const { services } = await exchange("list", actorOmni, service, {});
      return new Map((services ?? []).map((entry) => [entry.service, entry.version]));
    },
  };
}

interface Answer {
  cap?: string;
  version?: string;
  services?: { service: string; version: string }[];
}
