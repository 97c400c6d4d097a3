/**
 * Credentials as an operator's master device may use them through broker and worker: store, list, re-encrypt and delete for every
 * actor of its operator, never fetch. Must not know Kubernetes, or where keys come from.
 */
import type { Clock } from "../clock/index.ts";
import { signDelegation, thumbprintToHex, type DelegationDomain } from "../delegation/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import type { HttpClient } from "../http-client/index.ts";
import { serviceHash, type Hex } from "../identity/index.ts";
import { generateSigningKey, thumbprint, type SigningKey } from "../jose/index.ts";
import { postProven } from "../proven-call/index.ts";
import type { Secret } from "../secret/index.ts";
import type { CapAnswer, ListAnswer, ReencryptAnswer, StoreAnswer, TeardownAnswer } from "../wire/index.ts";

const DELEGATION_SECONDS = 300;

export interface VaultClientOptions {
  http: HttpClient;
  clock: Clock;
  newId: () => string;
  /** Origins as the services know themselves: they are part of every proof. */
  brokerUrl: string;
  workerUrl: string;
  domain: DelegationDomain;
  operatorOmni: Hex;
  masterDevice: { privateKey: Secret; deviceKeyHash: Hex };
}

/** One credential of an actor; every call throws the service's own reason. */
export interface CredentialName {
  actorOmni: Hex;
  service: string;
}

export interface VaultClient {
  /** `ifVersion`: null for create only, absent for any; a lost race throws `version_conflict`. */
  store(of: CredentialName & { value: Secret; ifVersion?: string | null }): Promise<StoreAnswer>;
  /** Everything stored for the actor; `service` only names the right asked for. `details` looks into each blob's header. */
  list(of: CredentialName & { details?: boolean }): Promise<ListAnswer>;
  /** Has the worker seal it under the current key epoch; the value does not come here. */
  reencrypt(of: CredentialName & { deleteV1?: boolean }): Promise<ReencryptAnswer>;
  remove(of: CredentialName): Promise<TeardownAnswer>;
  /** Everything of the actor, whatever the service. */
  removeAll(of: CredentialName): Promise<TeardownAnswer>;
}

type Op = "store" | "list" | "teardown" | "reencrypt";

/** Opens the vault through broker and worker. Each call has a session key of its own; one that a new key epoch overtakes is made again. */
export function openVaultClient(options: VaultClientOptions): VaultClient {
  const exchangeOnce = async <T extends object>(op: Op, of: CredentialName, body: object): Promise<T> => {
    const { operatorOmni, brokerUrl, workerUrl, masterDevice } = options;
    const key = await generateSigningKey();
    const delegation = await delegate(options, key, of.service);
    const request = {
      operator_omni: operatorOmni,
      actor_omni: of.actorOmni,
      service: of.service,
      device_key_hash: masterDevice.deviceKeyHash,
    };
    const { cap } = await postProven<CapAnswer>(options, key, { url: `${brokerUrl}/v1/cap/cred-${op}`, token: delegation, body: request });
    if (typeof cap !== "string") throw new AgentKeysError("upstream_unreachable", { detail: "the broker answered no cap" });
    const headers = { "agentkeys-delegation": delegation };
    return await postProven<T>(options, key, { url: `${workerUrl}/credential/${op}`, token: cap, headers, body });
  };
  const exchange = <T extends object>(op: Op, of: CredentialName, body: object): Promise<T> =>
    exchangeOnce<T>(op, of, body).catch((fault: unknown) => {
      if (fault instanceof AgentKeysError && fault.code === "k3_epoch_mismatch") return exchangeOnce<T>(op, of, body);
      throw fault;
    });
  return {
    store: ({ value, ifVersion, ...of }) =>
      exchange("store", of, {
        value_b64: value.revealBytes().toString("base64"),
        ...(ifVersion === undefined ? {} : { if_version: ifVersion }),
      }),
    list: ({ details, ...of }) => exchange("list", of, details === true ? { details } : {}),
    reencrypt: ({ deleteV1, ...of }) => exchange("reencrypt", of, deleteV1 === true ? { delete_v1: true } : {}),
    remove: (of) => exchange("teardown", of, {}),
    removeAll: (of) => exchange("teardown", of, { all: true }),
  };
}

/** What one call by a master device alone takes. */
export type MasterCallOptions = Omit<VaultClientOptions, "workerUrl" | "brokerUrl">;

/** One call by the master device, with a session key and a delegation of its own. Throws the service's own reason. */
export async function callAsMaster<T extends object>(
  options: MasterCallOptions,
  of: { url: string; service: string; body: object },
): Promise<T> {
  const key = await generateSigningKey();
  const token = await delegate(options, key, of.service);
  return await postProven<T>(options, key, { url: of.url, token, body: of.body });
}

function delegate({ clock, domain, operatorOmni, masterDevice }: MasterCallOptions, key: SigningKey, service: string): Promise<string> {
  const now = clock.nowSeconds();
  return signDelegation(masterDevice.privateKey, domain, {
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
}
