import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { KubeObject } from "../api/types.ts";
import { RESOURCES, type KubeApi, type Resource } from "../kube/index.ts";
import { createAuthority, isLeafOf, issueLeaf } from "./authority.ts";
import { isLeafDue, planAuthority, trustBundle, type AuthorityState } from "./plan.ts";

export const TLS_SERVICES = ["broker", "creds-worker", "signer", "operator", "webhook", "store"] as const;
const CA_SECRET = "agentkeys-ca";
const BUNDLE_CONFIG_MAP = "agentkeys-trust-bundle";
const WEBHOOKS: readonly [Resource, string][] = [
  [RESOURCES.mutatingWebhooks, "agentkeys-injector"],
  [RESOURCES.validatingWebhooks, "agentkeys-validator"],
];

export interface SecretObject extends KubeObject {
  data?: Record<string, string>;
  type?: string;
}

export interface TlsOptions {
  api: KubeApi;
  clock: Clock;
  log: Log;
  namespace: string;
  random: (length: number) => Uint8Array;
}

const encode = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const decode = (data: string | undefined): string | undefined =>
  data === undefined || data === "" ? undefined : Buffer.from(data, "base64").toString("utf8");

/** One round: authority, leaves, trust bundle, `caBundle` of our webhook configurations. Writes only what differs. */
export async function ensureTls(options: TlsOptions): Promise<void> {
  const state = await ensureAuthority(options);
  const bundle = trustBundle(state);
  await ensureBundle(options, bundle);
  for (const service of TLS_SERVICES) await ensureLeaf(options, state, service, bundle);
  for (const [resource, name] of WEBHOOKS) await ensureCaBundle(options, resource, name, bundle);
}

async function ensureAuthority(options: TlsOptions): Promise<AuthorityState> {
  const { api, namespace, clock, log, random } = options;
  const nowMs = clock.nowMs();
  const secret = (await api.get(RESOURCES.secrets, { namespace, name: CA_SECRET })) as SecretObject | null;
  const state = secret === null ? null : readState(secret);
  if (secret === null || state === null) {
    // The authority of a lost Secret stays trusted while its leaves are out there: nothing in flight breaks.
    const previous = /-----BEGIN[^]+?END CERTIFICATE-----\n/.exec((await readBundle(options)) ?? "")?.[0];
    const fresh: AuthorityState = { current: await createAuthority(nowMs, random), ...(previous === undefined ? {} : { previous }) };
    if (secret === null) await api.create(RESOURCES.secrets, secretOf(namespace, CA_SECRET, writeState(fresh)), { namespace });
    else await api.replace(RESOURCES.secrets, { ...secret, data: writeState(fresh) } as SecretObject);
    log.info("certificate authority created");
    return fresh;
  }
  const step = planAuthority(state, nowMs);
  if (step === "keep") return state;
  const next = await advance(state, step, nowMs, random);
  await api.replace(RESOURCES.secrets, { ...secret, data: writeState(next) } as SecretObject);
  log.info("certificate authority rotated", { step });
  return next;
}

async function advance(
  state: AuthorityState,
  step: "stage" | "promote" | "forget",
  nowMs: number,
  random: TlsOptions["random"],
): Promise<AuthorityState> {
  if (step === "stage") return { ...state, next: { ...(await createAuthority(nowMs, random)), stagedAtMs: nowMs } };
  if (step === "promote" && state.next !== undefined)
    return { current: { cert: state.next.cert, key: state.next.key }, previous: state.current.cert };
  return { current: state.current };
}

function readState(secret: SecretObject): AuthorityState | null {
  const value = (key: string): string | undefined => decode(secret.data?.[key]);
  const [cert, key] = [value("tls.crt"), value("tls.key")];
  if (cert === undefined || key === undefined) return null;
  const [nextCert, nextKey, previous] = [value("next.crt"), value("next.key"), value("previous.crt")];
  const hasNext = nextCert !== undefined && nextKey !== undefined;
  return {
    current: { cert, key },
    ...(hasNext ? { next: { cert: nextCert, key: nextKey, stagedAtMs: Number(value("next.stagedAt") ?? 0) } } : {}),
    ...(previous === undefined ? {} : { previous }),
  };
}

function writeState(state: AuthorityState): Record<string, string> {
  const { current, next, previous } = state;
  return {
    "tls.crt": encode(current.cert),
    "tls.key": encode(current.key),
    ...(next === undefined
      ? {}
      : { "next.crt": encode(next.cert), "next.key": encode(next.key), "next.stagedAt": encode(String(next.stagedAtMs)) }),
    ...(previous === undefined ? {} : { "previous.crt": encode(previous) }),
  };
}

function secretOf(namespace: string, name: string, data: Record<string, string>): SecretObject {
  const labels = { "app.kubernetes.io/managed-by": "agentkeys-operator" };
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace, name, labels }, type: "Opaque", data };
}

async function readBundle({ api, namespace }: TlsOptions): Promise<string | undefined> {
  const at = { namespace, name: BUNDLE_CONFIG_MAP };
  const known = (await api.get(RESOURCES.configMaps, at)) as (KubeObject & { data?: Record<string, string> }) | null;
  return known?.data?.["ca.crt"];
}

async function ensureBundle(options: TlsOptions, bundle: string): Promise<void> {
  if ((await readBundle(options)) === bundle) return;
  const metadata = { namespace: options.namespace, name: BUNDLE_CONFIG_MAP };
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "ca.crt": bundle } };
  await options.api.apply(RESOURCES.configMaps, body);
}

async function ensureLeaf(options: TlsOptions, state: AuthorityState, service: string, bundle: string): Promise<void> {
  const { api, namespace, clock, log, random } = options;
  const at = { namespace, name: `agentkeys-${service}-tls` };
  const secret = (await api.get(RESOURCES.secrets, at)) as SecretObject | null;
  const cert = decode(secret?.data?.["tls.crt"]);
  const nowMs = clock.nowMs();
  const issuers = [state.current.cert, ...(state.previous === undefined ? [] : [state.previous])];
  const isGood = cert !== undefined && !isLeafDue(cert, nowMs) && isLeafOf(cert, { service, namespace, issuers });
  if (isGood && decode(secret?.data?.["ca.crt"]) === bundle) return;
  let pair = { "tls.crt": secret?.data?.["tls.crt"] ?? "", "tls.key": secret?.data?.["tls.key"] ?? "" };
  if (!isGood) {
    const leaf = await issueLeaf({ authority: state.current, service, namespace, nowMs, random });
    pair = { "tls.crt": encode(leaf.cert), "tls.key": encode(leaf.key) };
    log.info("certificate issued", { service });
  }
  await api.apply(RESOURCES.secrets, secretOf(namespace, at.name, { ...pair, "ca.crt": encode(bundle) }));
}

async function ensureCaBundle({ api, log }: TlsOptions, resource: Resource, name: string, bundle: string): Promise<void> {
  const found = (await api.get(resource, { name })) as (KubeObject & { webhooks?: { clientConfig: { caBundle?: string } }[] }) | null;
  const wanted = encode(bundle);
  const operations = (found?.webhooks ?? []).flatMap(({ clientConfig }, index) =>
    clientConfig.caBundle === wanted ? [] : [{ op: "add", path: `/webhooks/${index}/clientConfig/caBundle`, value: wanted }],
  );
  if (operations.length === 0) return;
  await api.patch(resource, { name }, operations);
  log.info("caBundle patched", { resource: resource.plural, name });
}
