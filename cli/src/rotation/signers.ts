/**
 * The signer's replicas as their admin ports show them: the chain's epoch they see and the keys they hold, by fingerprint.
 * Must not know what is rotated.
 */
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import { deploymentsOf } from "../kube/installation.ts";
import type { Kubectl } from "../kube/kubectl.ts";

/** One replica; `keys` are those it holds. */
export interface SignerView {
  name: string;
  chainEpoch: number | null;
  keys: readonly { epoch: number; fingerprint: string; idleSeconds: number }[];
}

export interface SignerFleet {
  /** Everyone as of now; `missing` are replicas that should be there and cannot be read. */
  look(): Promise<{ views: SignerView[]; missing: string[] }>;
  /** Has them look at their files at once, where that can be had; `mark` is another one each time. */
  hurry(mark: string): Promise<void>;
}

interface PodList {
  items?: { metadata: { name: string }; status?: { phase?: string } }[];
}

const ADMIN_PORT = 9464;
const ENDED = ["Succeeded", "Failed"];

/** Reads `/k3` of one admin port; throws `signer_unavailable`. */
async function view(http: HttpClient, name: string, origin: string): Promise<SignerView> {
  const { status, body } = await http.json("GET", `${origin}/k3`);
  const { chain_epoch: chainEpoch, keys } = (body ?? {}) as { chain_epoch?: unknown; keys?: unknown };
  const isEpoch = chainEpoch === null || Number.isSafeInteger(chainEpoch);
  if (status !== 200 || !isEpoch || !Array.isArray(keys)) throw new AgentKeysError("signer_unavailable", { detail: `${name}: ${status}` });
  return {
    name,
    chainEpoch: chainEpoch as number | null,
    keys: (keys as { epoch: number; fingerprint: string; idle_seconds: number }[]).map(({ epoch, fingerprint, idle_seconds }) => ({
      epoch,
      fingerprint,
      idleSeconds: idle_seconds,
    })),
  };
}

async function readAll(
  http: HttpClient,
  of: readonly { name: string; origin: () => Promise<string> }[],
  onFault: (name: string) => void,
): Promise<{ views: SignerView[]; missing: string[] }> {
  const answers = await Promise.all(
    of.map(async ({ name, origin }) => {
      try {
        return await view(http, name, await origin());
      } catch {
        onFault(name);
        return name;
      }
    }),
  );
  return {
    views: answers.filter((answer) => typeof answer !== "string"),
    missing: answers.filter((answer) => typeof answer === "string"),
  };
}

/** Replicas at given admin origins. */
export function fleetAt(http: HttpClient, origins: readonly string[]): SignerFleet {
  const all = origins.map((origin) => ({ name: origin, origin: () => Promise.resolve(origin) }));
  return { look: () => readAll(http, all, () => undefined), hurry: () => Promise.resolve() };
}

/** The replicas of an installation through forwarded ports, which stay open until `defer`'s end. */
export function fleetInCluster(of: {
  kubectl: Kubectl;
  http: HttpClient;
  namespace: string;
  defer: (close: () => void) => void;
  say: (text: string) => void;
}): SignerFleet {
  const { kubectl, http, namespace, defer, say } = of;
  const origins = new Map<string, string>();
  const forwarded = async (pod: string): Promise<string> => {
    const known = origins.get(pod);
    if (known !== undefined) return known;
    const { port, close } = await kubectl.forward(namespace, `pod/${pod}`, ADMIN_PORT);
    defer(close);
    origins.set(pod, `http://127.0.0.1:${port}`);
    return `http://127.0.0.1:${port}`;
  };
  // One that is ending counts as long as it runs: it may still be asked for a key.
  const pods = async (): Promise<string[]> => {
    const list = await kubectl.get<PodList>("pods", { namespace, selector: "app.kubernetes.io/component=signer" });
    return (list?.items ?? []).filter(({ status }) => !ENDED.includes(status?.phase ?? "")).map(({ metadata }) => metadata.name);
  };
  return {
    look: async () => {
      const names = await pods();
      const wanted = (await deploymentsOf(kubectl, namespace)).find(({ metadata }) => metadata.name === "agentkeys-signer")?.spec?.replicas;
      const all = names.map((name) => ({ name, origin: () => forwarded(name) }));
      const { views, missing } = await readAll(http, all, (name) => void origins.delete(name));
      const absent = Math.max(0, (wanted ?? 1) - names.length);
      return { views, missing: [...missing, ...(absent === 0 ? [] : [`${absent} not started`])] };
    },
    // A change of a pod makes its kubelet look at its volumes at once instead of within a minute or two.
    hurry: async (mark) => {
      for (const name of await pods())
        await kubectl
          .patch("pod", { namespace, name }, { metadata: { annotations: { "agentkeys.io/k3-looked": mark } } })
          .catch(() => say(`${name} could not be annotated: its kubelet sees the change within two minutes`));
    },
  };
}
