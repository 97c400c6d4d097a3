/** What a person would look at first when a scenario failed: states, events, and the last lines of our own pods. */
import { writeFileSync } from "node:fs";
import { getJson, kubectl, SYSTEM } from "./kube.ts";

const PARTS = ["operator", "broker", "creds-worker", "signer", "webhook", "auditor", "relay", "chain", "store"];

const QUESTIONS: readonly (readonly string[])[] = [
  ["get", "pods,agentkeysbindings", "-A", "-o", "wide"],
  ["get", "events", "-A", "--sort-by=.lastTimestamp"],
  ["get", "agentkeysbindings", "-A", "-o", "yaml"],
  ...PARTS.map((part) => ["-n", SYSTEM, "logs", "-l", `app.kubernetes.io/component=${part}`, "--tail=200", "--prefix"]),
];

/** The proxies' own logs; kubectl reads those of one namespace at a time. */
async function proxies(): Promise<string[][]> {
  const { items } = await getJson<{ items: { metadata: { namespace: string } }[] }>("pods", "-A", "-l", "agentkeys.io/injected");
  const namespaces = new Set(items.map(({ metadata }) => metadata.namespace));
  const flags = ["-l", "agentkeys.io/injected", "-c", "agentkeys-proxy", "--tail=100", "--prefix", "--max-log-requests=50"];
  return [...namespaces].map((namespace) => ["-n", namespace, "logs", ...flags]);
}

/** Writes the answers to a file; a question that fails is written as its own fault. */
export async function diagnose(path: string): Promise<void> {
  const answers: string[] = [];
  for (const question of [...QUESTIONS, ...(await proxies().catch(() => []))])
    answers.push(`$ kubectl ${question.join(" ")}\n${await kubectl(...question).catch((fault: unknown) => String(fault))}`);
  writeFileSync(path, answers.join("\n"));
}
