/** What the commands of rotation and migration share: options, the person's rights, and where things are. */
import type { ChainConfig } from "@agentkeys/common/chain";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient } from "@agentkeys/common/http-client";
import { normaliseHex32, operatorOmni, type Hex } from "@agentkeys/common/identity";
import type { VaultClient } from "@agentkeys/common/vault-client";
import { openChainConfig } from "../chain/config.ts";
import { openEpochCounter, type EpochCounter } from "../chain/epoch.ts";
import { recentProviderOf } from "../chain/provider.ts";
import { usage, type Call, type OptionSpecs } from "../command.ts";
import { allBindings } from "../kube/binding.ts";
import { openSigner } from "../master.ts";
import { CHAIN_OPTIONS } from "../options.ts";
import { openOperatorVault } from "../vault.ts";
import { openRegistered, type Registered } from "./actors.ts";
import { folderStore, secretStore, type K3Store } from "./keys.ts";
import { fleetAt, fleetInCluster, type SignerFleet } from "./signers.ts";

export const KEY_PLACE_OPTIONS = {
  ...CHAIN_OPTIONS,
  "k3-dir": { type: "string", value: "<folder>", description: "the signer's k3Dir, when it does not run in a cluster" },
  signers: { type: "string", value: "<url,…>", description: "admin origins of every signer, with --k3-dir" },
  "within-seconds": { type: "string", value: "<n>", default: "240", description: "how long the signers may take to see a change" },
} as const satisfies OptionSpecs;

export const OPERATOR_OPTION = {
  "operator-omni": { type: "string", value: "<omni>", description: "whose actors; the operator of this cluster's bindings when left out" },
} as const satisfies OptionSpecs;

const ADMIN_TIMEOUT_MS = 5000;

/** The chain with the readers these commands need. */
export interface ChainAccess {
  chain: ChainConfig;
  counter: EpochCounter;
  registered: Registered;
}

/** Opens the chain of the call's options, as it is now: keys are made and taken away by what it says. */
export async function openChain(call: Call): Promise<ChainAccess> {
  const chain = await openChainConfig(call);
  const provider = await recentProviderOf(chain, call.machine.clock);
  call.defer(() => provider.destroy());
  return { chain, counter: openEpochCounter(chain, provider), registered: openRegistered(chain, provider) };
}

/** Keys and replicas: of the cluster, or those of --k3-dir and --signers. */
export async function openKeyPlace(call: Call): Promise<{ store: K3Store; fleet: SignerFleet; withinMs: number }> {
  const http = createHttpClient({ timeoutMs: ADMIN_TIMEOUT_MS });
  call.defer(() => http.close());
  const seconds = Number(call.text("within-seconds"));
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw usage("--within-seconds must be a whole number of seconds");
  const withinMs = seconds * 1000;
  const { kubectl, newId } = call.machine;
  const dir = call.text("k3-dir");
  const origins = (call.text("signers") ?? "").split(",").filter((text) => text !== "");
  if ((dir === undefined) !== (origins.length === 0)) throw usage("--k3-dir and --signers belong together");
  for (const origin of origins)
    if (!/^https?:\/\/[^/]+$/.test(origin)) throw usage("--signers takes origins such as http://127.0.0.1:9464");
  if (dir !== undefined) return { store: folderStore(dir, newId), fleet: fleetAt(http, origins), withinMs };
  const namespace = call.text("namespace") ?? "";
  const fleet = fleetInCluster({ kubectl, http, namespace, defer: call.defer, say: call.say });
  return { store: secretStore(kubectl, { namespace, name: await k3SecretOf(call, namespace) }), fleet, withinMs };
}

interface SignerDeployment {
  spec?: { template?: { spec?: { volumes?: { name: string; secret?: { secretName?: string } }[] } } };
}

async function k3SecretOf({ machine }: Call, namespace: string): Promise<string> {
  const signer = await machine.kubectl.get<SignerDeployment>("deployments", { namespace, name: "agentkeys-signer" });
  const name = signer?.spec?.template?.spec?.volumes?.find((volume) => volume.name === "k3")?.secret?.secretName;
  if (name !== undefined) return name;
  throw new AgentKeysError("not_found", {
    message: `There is no Deployment ${namespace}/agentkeys-signer with a Secret of K3: name the installation with -n, or give --k3-dir and --signers`,
  });
}

/** --operator-omni, or the one operator that the cluster's bindings have, or else that of the person's wallet. */
export async function operatorOf(call: Call, chain: ChainConfig): Promise<Hex> {
  const given = call.text("operator-omni");
  if (given !== undefined) return omniOf(given);
  const bindings = await allBindings(call.machine.kubectl).catch(() => []);
  const found = new Set(
    bindings.flatMap(({ status }) => (status?.operatorOmni === undefined ? [] : [normaliseHex32(status.operatorOmni)])),
  );
  const [only, ...more] = found;
  if (more.length > 0) throw usage(`The bindings have several operators: name one with --operator-omni (${[...found].join(", ")})`);
  return only ?? operatorOmni((await openSigner(call, chain, undefined)).address);
}

/** An omni somebody typed; anything else is a wrong call. */
export function omniOf(text: string): Hex {
  if (!/^(0x)?[0-9a-fA-F]{64}$/.test(text)) throw usage(`${JSON.stringify(text.slice(0, 80))} is no omni: 64 hex digits`);
  return normaliseHex32(text);
}

/** Everything of one operator: its actors, their names for people, and the vault. */
export async function openOperator(
  call: Call,
  { chain, registered }: ChainAccess,
  operator: Hex,
): Promise<{ vault: VaultClient; actors: Hex[]; ownerOf: (actor: Hex) => string }> {
  const vault = await openOperatorVault(call, chain, operator);
  const bindings = await allBindings(call.machine.kubectl).catch(() => []);
  const names = new Map(
    bindings.flatMap(({ metadata, status }) =>
      status?.actorOmni === undefined ? [] : [[normaliseHex32(status.actorOmni), `${metadata.namespace}/${metadata.name}`] as const],
    ),
  );
  return { vault, actors: await registered.actorsOf(operator), ownerOf: (actor) => names.get(actor) ?? actor };
}
