/** What a person would look at first when a scenario failed: states, events, and the last lines of our own pods. */
import { writeFileSync } from "node:fs";
import { getJson, kubectl, SYSTEM } from "./kube.ts";
import { PROVIDER } from "./world.ts";

const PARTS = ["operator", "broker", "creds-worker", "signer", "webhook", "auditor", "relay", "chain", "store"];

const QUESTIONS: readonly (readonly string[])[] = [
  ["get", "pods,agentkeysbindings", "-A", "-o", "wide"],
  ["get", "events", "-A", "--sort-by=.lastTimestamp"],
  ["get", "agentkeysbindings", "-A", "-o", "yaml"],
  ["-n", PROVIDER, "describe", "pods"],
  ...PARTS.map((part) => ["-n", SYSTEM, "logs", "-l", `app.kubernetes.io/component=${part}`, "--tail=200", "--prefix"]),
];
const RECENT_MS = 180_000;
const MOST_LINES = 4;

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: { reason?: string } };
}
interface Pod {
  metadata: { namespace: string; name: string };
  status: { phase: string; initContainerStatuses?: ContainerStatus[]; containerStatuses?: ContainerStatus[] };
}
interface Event {
  type: string;
  reason: string;
  message: string;
  lastTimestamp: string | null;
  involvedObject: { kind: string; namespace?: string; name: string };
}

/** The proxies' own logs; kubectl reads those of one namespace at a time. */
async function proxies(): Promise<string[][]> {
  const { items } = await getJson<{ items: { metadata: { namespace: string } }[] }>("pods", "-A", "-l", "agentkeys.io/injected");
  const namespaces = new Set(items.map(({ metadata }) => metadata.namespace));
  const flags = ["-l", "agentkeys.io/injected", "-c", "agentkeys-proxy", "--tail=100", "--prefix", "--max-log-requests=50"];
  return [...namespaces].map((namespace) => ["-n", namespace, "logs", ...flags]);
}

/** The same in a few lines, for who has only what the tests printed: what is not ready, warned of, or failed in a proxy. */
export async function symptoms(): Promise<string[]> {
  const look = (lines: Promise<string[]>): Promise<string[]> => lines.catch((fault: unknown) => [String(fault).slice(0, 200)]);
  return (await Promise.all([look(unready()), look(warnings()), look(proxyFaults())])).flatMap((lines) => lines.slice(-MOST_LINES));
}

async function unready(): Promise<string[]> {
  const { items } = await getJson<{ items: Pod[] }>("pods", "-A");
  return items.flatMap(({ metadata: { namespace, name }, status }) =>
    [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
      .filter(({ ready, state }) => !ready && state.terminated?.reason !== "Completed")
      .map(({ name: container, restartCount, state }) => {
        const { reason = "", message = "" } = state.waiting ?? { reason: state.terminated?.reason ?? "runs, not ready" };
        return `${namespace}/${name} ${container}: ${reason} ${message.slice(0, 200)} (${restartCount} restarts)`;
      }),
  );
}

async function warnings(): Promise<string[]> {
  const { items } = await getJson<{ items: Event[] }>("events", "-A", "--sort-by=.lastTimestamp");
  const recent = items.filter(({ type, lastTimestamp }) => type === "Warning" && Date.now() - Date.parse(lastTimestamp ?? "") < RECENT_MS);
  return recent.map(
    ({ reason, message, involvedObject: { kind, namespace = "", name } }) =>
      `${kind} ${namespace}/${name} ${reason}: ${message.slice(0, 200)}`,
  );
}

async function proxyFaults(): Promise<string[]> {
  const lines: string[] = [];
  for (const question of await proxies()) {
    const log = await kubectl(...question);
    lines.push(...log.split("\n").filter((line) => /"level":"(warn|error)"/.test(line)));
  }
  return lines.map((line) => line.slice(0, 400));
}

/** Writes the answers to a file; a question that fails is written as its own fault. */
export async function diagnose(path: string): Promise<void> {
  const answers: string[] = [];
  for (const question of [...QUESTIONS, ...(await proxies().catch(() => []))])
    answers.push(`$ kubectl ${question.join(" ")}\n${await kubectl(...question).catch((fault: unknown) => String(fault))}`);
  writeFileSync(path, answers.join("\n"));
}
