/**
 * The stage of the attacks: two namespaces with an agent each, their credentials in the vault, and a line to one replica
 * of every service. Made once, taken down by {@link closeKit}.
 */
import { openChainReader } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { decodeDelegation, deviceOf, type DelegationDomain } from "@agentkeys/common/delegation";
import { openJwe } from "@agentkeys/common/jose";
import { randomBytes } from "node:crypto";
import { apply, eventually, forward, getJson, kubectl, namespaceObject, SYSTEM } from "../kube.ts";
import { agentPod, agentTemplate } from "../world.ts";
import { capOf, enrol, partyOf, tokenOf, use } from "./calls.ts";
import { granted } from "./expect.ts";
import { deviceOfBinding, loot, type Device, type Loot } from "./loot.ts";
import { openRival, type Rival } from "./rival.ts";
import { closeStore } from "./store.ts";
import { newSession, type Session } from "./tokens.ts";
import { open, type Target } from "./wire.ts";

export const NS_A = "attack-a";
export const NS_B = "attack-b";
const SERVICES = ["attack-alpha", "attack-beta"];

/** A device with one of its sessions. */
export interface Party {
  device: Device;
  session: Session;
  delegation: string;
}

export interface Kit {
  loot: Loot;
  domain: DelegationDomain;
  epoch: number;
  chainUrl: string;
  broker: Target;
  worker: Target;
  signer: Target;
  operator: Target;
  store: Target;
  /** The agent of team A as its own sidecar enrolled: one service, `attack-alpha`. */
  a: Party;
  /** The agent of team B: `attack-alpha` and `attack-beta`. */
  b: Party;
  /** The platform's own device. */
  master: Party;
  /** Another operator on the same chain, with a wallet of its own. */
  rival: Rival;
  /** What is in the vault. */
  values: { a: string; bAlpha: string; bBeta: string };
  close: () => Promise<void>;
}

let kit: Kit | null = null;

/** Builds the stage. */
export async function openKit(): Promise<void> {
  await standUp();
  const stolen = await loot();
  const domain = { chainId: stolen.chain.chainId, registry: stolen.chain.contracts.registry };
  const services = ["broker", "creds-worker", "signer", "operator", "store"] as const;
  const [broker, worker, signer, operator, store] = await Promise.all(services.map((service) => open(service, stolen.caPem)));
  if (!broker || !worker || !signer || !operator || !store) throw new Error("a service could not be forwarded");
  const chain = await forward(SYSTEM, "service/agentkeys-chain", 8545);
  const chainUrl = `http://127.0.0.1:${chain.port}`;
  const reader = openChainReader({ ...stolen.chain, rpcUrls: [chainUrl] }, { clock: systemClock });
  const epoch = await reader.currentEpoch();
  reader.close();
  const [a, b, masterDevice] = await Promise.all([deviceOfBinding(NS_A, "agent"), deviceOfBinding(NS_B, "agent"), newSession()]);
  const wires = { broker, worker, signer, operator, store };
  const base = { loot: stolen, domain, epoch, chainUrl, ...wires };
  const platform = { ...a, k10: stolen.masterDevice, ...deviceOf(stolen.masterDevice), actorOmni: a.operatorOmni };
  const master = await partyOf(base, { device: platform, session: masterDevice, services: SERVICES });
  const rival = await openRival({ chain: stolen.chain, rpcUrl: chainUrl });
  const nobody = { device: a, session: masterDevice, delegation: "" };
  const values = { a: newValue("a"), bAlpha: newValue("b-alpha"), bBeta: newValue("b-beta") };
  const close = async (): Promise<void> => {
    rival.close();
    await Promise.all(Object.values(wires).map((target) => target.close()));
    chain.close();
  };
  const stage: Kit = { ...base, a: nobody, b: nobody, master, rival, values, close };
  kit = stage;
  stage.a = await enrolled(stage, NS_A, a);
  stage.b = await enrolled(stage, NS_B, b);
  await put(stage, a, "attack-alpha", values.a);
  await put(stage, b, "attack-alpha", values.bAlpha);
  await put(stage, b, "attack-beta", values.bBeta);
}

/** The stage, once it stands. */
export function theKit(): Kit {
  if (kit === null) throw new Error("the stage of the attacks does not stand: see the first case");
  return kit;
}

/** Empties the vault of both actors, takes the namespaces down and hangs up. */
export async function closeKit(): Promise<void> {
  const stage = kit;
  kit = null;
  if (stage !== null) {
    for (const { device } of [stage.a, stage.b]) await teardown(stage, device);
    closeStore(stage);
    await stage.close();
  }
  await kubectl("delete", "namespace", NS_A, NS_B, "--ignore-not-found", "--timeout=90s");
  await kubectl("delete", "aks", ...SERVICES, "--ignore-not-found");
}

async function standUp(): Promise<void> {
  const upstream = "https://provider.attack.invalid";
  const services = SERVICES.map((name) => ({
    apiVersion: "agentkeys.io/v1alpha1",
    kind: "AgentKeysService",
    metadata: { name },
    spec: { upstream, auth: { type: "bearer" }, paths: ["/**"], methods: ["GET"], allowedNamespaces: {} },
  }));
  const binding = (namespace: string, name: string, names: string[], more: object = {}): object => ({
    apiVersion: "agentkeys.io/v1alpha1",
    kind: "AgentKeysBinding",
    metadata: { name, namespace },
    spec: { services: names.map((service) => ({ name: service })), ...more },
  });
  await apply(namespaceObject(NS_A), namespaceObject(NS_B), ...services);
  await apply(
    binding(NS_A, "agent", ["attack-alpha"]),
    binding(NS_A, "guarded", ["attack-beta"], { serviceAccounts: ["somebody-else"] }),
    binding(NS_B, "agent", SERVICES),
    binding(NS_B, "only-in-b", ["attack-alpha"]),
  );
  await Promise.all([onChain(NS_A, "agent"), onChain(NS_A, "guarded"), onChain(NS_B, "agent")]);
  const spec = { terminationGracePeriodSeconds: 0 };
  const idle = agentTemplate(["sleep", "900"], { spec });
  await apply(
    agentPod(NS_A, "agent", idle),
    agentPod(NS_B, "agent", idle),
    agentPod(NS_A, "plain", agentTemplate(["sleep", "900"], { binding: "", spec })),
  );
}

interface Binding {
  status?: { conditions?: { type: string; status: string; reason?: string }[] };
}

/** Waits until device and scope of a binding are on chain. */
async function onChain(namespace: string, name: string): Promise<void> {
  await eventually(`binding ${namespace}/${name} is on chain`, 60, async () => {
    const { status } = await getJson<Binding>("akb", name, "-n", namespace);
    const open = ["ServicesAccepted", "DeviceRegistered", "ScopeInSync"].filter(
      (type) => !(status?.conditions ?? []).some((condition) => condition.type === type && condition.status === "True"),
    );
    if (open.length > 0) throw new Error(`${open.join(", ")} not True`);
    return true;
  });
}

/** A session as the pod's own proxy gets it: a token of the pod, a key of its own, the operator's delegation. */
async function enrolled(stage: Kit, namespace: string, device: Device): Promise<Party> {
  const session = await newSession();
  const token = await tokenOf(namespace, "agent");
  // The replica that answers may see binding and services a moment after the one that wrote the chain.
  const delegation = await eventually(`the pod of ${namespace} enrols`, 20, async () => {
    const given = String(granted(await enrol(stage, { token, session }))["delegation"]);
    return decodeDelegation(given).message.services.length > 0 ? given : undefined;
  });
  return { device, session, delegation };
}

/** Stores a value for an actor, as the platform does. */
export async function put(stage: Kit, device: Device, service: string, value: string): Promise<void> {
  const party = stage.master;
  const cap = await capOf(stage, { party, op: "cred-store", service, request: { actor_omni: device.actorOmni } });
  granted(await use(stage, { ...party, cap, op: "cred-store", body: { value_b64: Buffer.from(value).toString("base64") } }));
}

async function teardown(stage: Kit, device: Device): Promise<void> {
  const party = stage.master;
  const cap = await capOf(stage, { party, op: "cred-teardown", request: { actor_omni: device.actorOmni } });
  granted(await use(stage, { ...party, cap, op: "cred-teardown", body: { all: true } }));
}

/** Opens the worker's answer with a session's key. */
export async function opened(session: Session, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const handle = session.key.handle as { toJSON: (withPrivate: boolean) => { d: string } };
  const { kty, crv, x, y } = session.key.publicJwk;
  return openJwe(String(body["sealed"]), { kty, crv, x, y, d: handle.toJSON(true).d });
}

const newValue = (whose: string): string => `sk-attack-${whose}-${randomBytes(12).toString("hex")}`;
