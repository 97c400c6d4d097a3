/** What every scenario stands on: the chart installed, a stub provider with its own CA, a wallet file and canary keys. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { apply, eventually, forward, getJson, helm, kubectl, namespaceObject, run, steady, SYSTEM } from "./kube.ts";

export const PROVIDER = "e2e-provider";
export const TEAM_A = "team-a";
export const TEAM_B = "team-b";
export const CANARIES = { [TEAM_A]: "sk-canary-team-a-4f1c9b2e77d05a", [TEAM_B]: "sk-canary-team-b-9e83d10c5ab642" } as const;
const E2E_IMAGE = "localhost/agentkeys-e2e:dev";
export const ROOT = new URL("../../", import.meta.url).pathname;
export const CHART = `${ROOT}charts/agentkeys`;

export type Team = keyof typeof CANARIES;
export interface Recorded {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  cut?: boolean;
}

/** Brings the release to the values of the tests and nothing else; helm waits for nothing. */
export function release(): Promise<string> {
  const values = [`credentialNamespaces={${TEAM_A},${TEAM_B}}`, "logLevel=debug", "auditor.rootIntervalSeconds=5"];
  const set = values.flatMap((value) => ["--set", value]);
  return helm("upgrade", "--install", "agentkeys", CHART, "-n", SYSTEM, "--create-namespace", ...set, "--timeout", "5m");
}

/** Waits until every control-plane Deployment is available. */
export const available = (): Promise<string> =>
  kubectl("-n", SYSTEM, "wait", "--for=condition=Available", "deployment", "--all", "--timeout=240s");

/** Installs the chart and waits until every control-plane Deployment is available. */
export async function install(): Promise<void> {
  await apply(
    namespaceObject(TEAM_A, { "pod-security.kubernetes.io/enforce": "restricted" }),
    namespaceObject(TEAM_B),
    namespaceObject(PROVIDER),
  );
  // Pods of an earlier run: they have ended, and applying them again would start nothing.
  for (const team of [TEAM_A, TEAM_B]) await kubectl("-n", team, "delete", "pods", "--all", "--grace-period=1");
  await release();
  await available();
  await kubectl("-n", SYSTEM, "wait", "--for=condition=Complete", "job", "--all", "--timeout=180s");
}

/** A stub provider over TLS in its own namespace, at which the presets of the tests are pointed. */
export async function startProvider(): Promise<void> {
  const host = `provider.${PROVIDER}.svc`;
  const { cert: certificate, key } = makeCertificate([`DNS:${host}`]);
  const data = { "tls.crt": certificate, "tls.key": key };
  const labels = { app: "provider" };
  const container = {
    name: "provider",
    image: E2E_IMAGE,
    imagePullPolicy: "IfNotPresent",
    command: ["node", "/e2e/provider.js"],
    ...steady({ httpGet: { path: "/healthz", port: 8080 } }),
    volumeMounts: [{ name: "tls", mountPath: "/tls" }],
  };
  const spec = (name: string, base = ""): object => ({
    apiVersion: "agentkeys.io/v1alpha1",
    kind: "AgentKeysService",
    metadata: { name },
    spec: {
      preset: name,
      upstream: `https://${host}${base}`,
      tls: { caBundle: certificate },
      allowPrivateAddresses: true,
      allowedNamespaces: {},
    },
  });
  await apply(
    { apiVersion: "v1", kind: "Secret", metadata: { name: "provider-tls", namespace: PROVIDER }, stringData: data },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "provider", namespace: PROVIDER },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [container],
            volumes: [{ name: "tls", secret: { secretName: "provider-tls" } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "provider", namespace: PROVIDER },
      spec: {
        selector: labels,
        ports: [
          { name: "tls", port: 443, targetPort: 8443 },
          { name: "recorded", port: 80, targetPort: 8080 },
        ],
      },
    },
    spec("openai"),
    spec("anthropic"),
    spec("openrouter", "/api"),
    spec("github"),
  );
  await kubectl("-n", PROVIDER, "rollout", "restart", "deployment/provider");
  await kubectl("-n", PROVIDER, "rollout", "status", "deployment/provider", "--timeout=90s");
}

/** What the provider has received so far. */
export async function recorded(): Promise<Recorded[]> {
  const port = await forward(PROVIDER, "service/provider", 80);
  try {
    return (await (await fetch(`http://127.0.0.1:${port.port}/`)).json()) as Recorded[];
  } finally {
    port.close();
  }
}

interface Binding {
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
}

/** Secrets in which keys are planted. */
export const PLANTED_IN = [TEAM_A, TEAM_B].map((team) => `${team}/provider-key`);

/** A binding with its keys imported from a Secret; waits until it is Ready. */
export async function bind(team: Team, name = "agent", services: readonly string[] = ["openai", "anthropic"]): Promise<void> {
  const credentialFrom = { secretRef: { name: "provider-key", key: "key" } };
  await apply(
    { apiVersion: "v1", kind: "Secret", metadata: { name: "provider-key", namespace: team }, stringData: { key: CANARIES[team] } },
    {
      apiVersion: "agentkeys.io/v1alpha1",
      kind: "AgentKeysBinding",
      metadata: { name, namespace: team },
      spec: { services: services.map((service) => ({ name: service, credentialFrom })), proxy: { logLevel: "debug" } },
    },
  );
  await waitReady(team, name);
}

export async function waitReady(team: Team, name = "agent"): Promise<void> {
  await eventually(`binding ${team}/${name} is Ready`, 90, async () => {
    const { status } = await getJson<Binding>("akb", name, "-n", team);
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === "True") return true;
    const open = (status?.conditions ?? []).filter((condition) => condition.status !== "True");
    throw new Error(open.map(({ type, reason, message }) => `${type}=${reason ?? ""} ${message ?? ""}`).join("; ") || "no status");
  });
}

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  runAsUser: 1000,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** The template of an agent's pod: one annotation and nothing else of ours. */
export function agentTemplate(
  command: readonly string[],
  options: { binding?: string; annotations?: Record<string, string>; spec?: object } = {},
): object {
  const container = {
    name: "app",
    image: E2E_IMAGE,
    imagePullPolicy: "IfNotPresent",
    command,
    resources: { requests: { cpu: "20m" } },
    securityContext: RESTRICTED,
  };
  const annotations = { ...(options.binding === "" ? {} : { "agentkeys.io/binding": options.binding ?? "agent" }), ...options.annotations };
  return {
    metadata: { labels: { app: "agent" }, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 5,
      automountServiceAccountToken: false,
      containers: [container],
      ...options.spec,
    },
  };
}

/** A bare pod made from {@link agentTemplate}. */
export function agentPod(team: string, name: string, template: object): object {
  const { metadata, spec } = template as { metadata: object; spec: object };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: team, ...metadata }, spec };
}

/** Logs of the application container, once they contain `until`. */
export function logsWith(team: string, pod: string, until: RegExp, seconds = 60): Promise<string> {
  return eventually(`${pod} logs ${until.source}`, seconds, async () => {
    const text = await kubectl("-n", team, "logs", pod, "-c", "app");
    if (until.test(text)) return text;
    throw new Error(text.slice(-500) || "no log yet");
  });
}

/** Writes the evaluation wallet's key to a file for the CLI, as an operator outside the cluster would hold it. */
export async function walletFile(): Promise<string> {
  const secret = await getJson<{ data: { privateKey: string } }>("secret", "agentkeys-wallet", "-n", SYSTEM);
  const path = join(await mkdtemp(join(tmpdir(), "agentkeys-wallet-")), "key");
  await writeFile(path, Buffer.from(secret.data.privateKey, "base64"), { mode: 0o600 });
  return path;
}

let home = "";

/** Runs the `agentkeys` command from source, with a configuration folder of the tests' own. */
export function agentkeys(...args: string[]): Promise<string> {
  return agentkeysWith({}, ...args);
}

/** As {@link agentkeys}, with standard input. */
export function agentkeysInput(input: string, ...args: string[]): Promise<string> {
  return agentkeysWith({ input }, ...args);
}

/** As {@link agentkeys}, with standard input and variables of its own. */
export async function agentkeysWith(of: { input?: string; variables?: Record<string, string> }, ...args: string[]): Promise<string> {
  home ||= await mkdtemp(join(tmpdir(), "agentkeys-home-"));
  const variables = Object.entries({ XDG_CONFIG_HOME: home, ...of.variables }).map(([name, value]) => `${name}=${value}`);
  return await run("env", [...variables, process.execPath, `${ROOT}cli/bin/agentkeys.js`, ...args], of.input ?? "");
}
