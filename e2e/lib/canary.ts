/**
 * Looks for planted keys in everything the cluster can be made to print or hold: objects, events, logs, metrics, files.
 * Only the Secrets they were planted in are left out.
 */
import { readdirSync, readFileSync } from "node:fs";
import { getJson, kubectl, kubectlInput, STATE, SYSTEM } from "./kube.ts";

interface Pod {
  metadata: { name: string; namespace: string };
  spec: { containers: { name: string }[]; initContainers?: { name: string; restartPolicy?: string }[] };
  status: { phase: string };
}
interface Secret {
  metadata: { name: string; namespace: string };
  data?: Record<string, string>;
}

const PROXY = "agentkeys-proxy";
const MAX_LOG_BYTES = 64 * 1024 * 1024;

/** A key as it is and in the spellings in which a careless program shows it: hex, percent, and Base64 wherever it begins. */
export function spellings(key: string): string[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${"x".repeat(offset)}${key}`).toString("base64");
    // The first and last groups also hold bits of what stands around the key.
    return text.slice(offset === 0 ? 0 : 4, text.length - 4);
  });
  const hex = Buffer.from(key).toString("hex");
  const percent = hex.replaceAll(/../g, (octet) => `%${octet.toUpperCase()}`);
  return [key, hex, percent, ...inBase64, ...inBase64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}

/** Where a planted key was found; empty when nowhere. */
export async function findCanaries(keys: readonly string[], plantedIn: readonly string[]): Promise<{ found: string[]; bytes: number }> {
  const wanted = [...new Set(keys.flatMap(spellings))];
  const found: string[] = [];
  let bytes = 0;
  const look = (where: string, text: string): void => {
    bytes += text.length;
    if (wanted.some((spelling) => text.includes(spelling))) found.push(where);
  };
  const pods = (await getJson<{ items: Pod[] }>("pods", "-A")).items;
  await Promise.all([lookAtObjects(look, plantedIn), lookAtLogs(look, pods), lookAtMetrics(look, pods), lookIntoFiles(look, pods, wanted)]);
  lookAtNode(look);
  return { found, bytes };
}

type Look = (where: string, text: string) => void;

async function lookAtObjects(look: Look, plantedIn: readonly string[]): Promise<void> {
  const kinds = (await kubectl("api-resources", "--verbs=list", "-o", "name"))
    .split("\n")
    .filter((name) => name !== "" && name !== "secrets");
  look("objects", await kubectl("get", kinds.join(","), "-A", "-o", "json"));
  look("descriptions", await kubectl("describe", "pods,agentkeysbindings,agentkeysservices,events", "-A"));
  const secrets = (await getJson<{ items: Secret[] }>("secrets", "-A")).items;
  for (const { metadata, data = {} } of secrets) {
    const name = `${metadata.namespace}/${metadata.name}`;
    if (plantedIn.includes(name)) continue;
    for (const value of Object.values(data)) look(`Secret ${name}`, `${value}\n${Buffer.from(value, "base64").toString("latin1")}`);
  }
}

async function lookAtLogs(look: Look, pods: readonly Pod[]): Promise<void> {
  for (const { metadata, spec } of pods)
    for (const { name } of [...spec.containers, ...(spec.initContainers ?? [])])
      for (const previous of [[], ["--previous"]]) {
        const text = await kubectl("-n", metadata.namespace, "logs", metadata.name, "-c", name, "--tail=-1", ...previous).catch(() => "");
        look(`log of ${metadata.namespace}/${metadata.name} ${name}`, text.slice(-MAX_LOG_BYTES));
      }
}

async function lookAtMetrics(look: Look, pods: readonly Pod[]): Promise<void> {
  let read = 0;
  for (const { metadata, spec, status } of pods) {
    const isInjected = spec.initContainers?.some(({ name }) => name === PROXY) === true;
    const port = isInjected ? 9091 : metadata.namespace === SYSTEM ? 9464 : 0;
    if (port === 0 || status.phase !== "Running") continue;
    const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}:${port}/proxy/metrics`;
    const text = await kubectl("get", "--raw", path).catch(() => "");
    if (text !== "") read += 1;
    look(`metrics of ${metadata.namespace}/${metadata.name}`, text);
  }
  // Two replicas of three services, broker, signer and one sidecar at least: fewer means that nothing was looked at.
  if (read < 9) throw new Error(`only ${read} processes showed their metrics`);
}

/** Environments of every process and every file a container can write or was given, in running pods of ours. */
async function lookIntoFiles(look: Look, pods: readonly Pod[], wanted: readonly string[]): Promise<void> {
  const script =
    "cat /proc/[0-9]*/environ 2>/dev/null; grep -rlaFf - /tmp /var /run /etc /e2e /data /app /dev/shm 2>/dev/null; echo looked";
  let containers = 0;
  for (const { metadata, spec, status } of pods) {
    if (status.phase !== "Running" || !/^team-|agentkeys-system/.test(metadata.namespace)) continue;
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
    for (const { name } of [...spec.containers, ...sidecars]) {
      const args = ["-n", metadata.namespace, "exec", "-i", metadata.name, "-c", name, "--", "sh", "-c", script];
      const text = await kubectlInput(wanted.join("\n"), ...args).catch(() => "");
      if (!text.endsWith("looked\n")) continue;
      containers += 1;
      look(`environment of ${metadata.namespace}/${metadata.name} ${name}`, text);
      const files = text
        .slice(text.lastIndexOf("\0") + 1)
        .split("\n")
        .filter((line) => line.startsWith("/"));
      for (const file of files) look(`file ${file} of ${metadata.namespace}/${metadata.name} ${name}`, wanted[0] ?? "");
    }
  }
  if (containers < 10) throw new Error(`only ${containers} containers could be looked into`);
}

/** What API server, kubelet and container runtime of the local cluster logged; a cluster of another kind keeps its own. */
function lookAtNode(look: Look): void {
  try {
    for (const name of readdirSync(`${STATE}/log`)) look(`${name} of the node`, readFileSync(`${STATE}/log/${name}`, "latin1"));
  } catch {
    // not the local cluster
  }
}
