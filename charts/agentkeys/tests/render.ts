/** Renders the chart with helm, as objects. */
import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { parseAllDocuments } from "yaml";

export const CHART = new URL("..", import.meta.url).pathname;
const HELM = `${process.env["AGENTKEYS_CACHE"] ?? `${homedir()}/.cache/agentkeys/cluster`}/bin/helm`;

export interface Container {
  name: string;
  image: string;
  args?: string[];
  command?: string[];
  securityContext: object;
  resources?: { requests?: object; limits?: object };
  lifecycle?: object;
  ports?: { name: string; containerPort: number }[];
  startupProbe?: object;
  readinessProbe?: object;
  livenessProbe?: object;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  securityContext: object;
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  volumes?: object[];
}

export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  data?: Record<string, string>;
  rules?: { verbs: string[]; resources: string[]; apiGroups: string[]; resourceNames?: string[] }[];
  webhooks?: { clientConfig: object; failurePolicy: string }[];
  spec?: {
    template?: { metadata: { labels?: Record<string, string>; annotations?: Record<string, string> }; spec: PodSpec };
    [field: string]: unknown;
  };
}

/** Objects of `helm template` with these arguments; throws with helm's own message when the values are refused. */
export function render(...args: string[]): Rendered[] {
  const text = execFileSync(HELM, ["template", "agentkeys", CHART, "-n", "agentkeys-system", "--kube-version", "1.36.3", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return parseAllDocuments(text).flatMap((document) => (document.toJSON() === null ? [] : [document.toJSON() as Rendered]));
}

export const PRODUCTION: readonly string[] = ["-f", `${CHART}tests/production-values.yaml`];
export const PROFILES: readonly [string, readonly string[]][] = [
  ["evaluation", []],
  ["production", PRODUCTION],
  ["relay", [...PRODUCTION, "-f", `${CHART}tests/relay-values.yaml`]],
];
export const MONITORED: readonly string[] = [
  ...PRODUCTION,
  "-f",
  `${CHART}tests/relay-values.yaml`,
  "-f",
  `${CHART}tests/monitoring-values.yaml`,
];
/** What is kept as a golden rendering: every profile, and what monitoring adds or changes. */
export const GOLDENS: readonly [string, readonly string[]][] = [
  ...PROFILES,
  ["monitored", [...MONITORED, "-s", "templates/monitoring.yaml", "-s", "templates/networkpolicies.yaml"]],
];

/** Whether an object is a hook of `helm test`, absent from an installation. */
export const isTestHook = ({ metadata }: Rendered): boolean => metadata.annotations?.["helm.sh/hook"] === "test";
