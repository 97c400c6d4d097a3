/** What a person would look at first when a scenario failed: states, events, and the last lines of our own pods. */
import { writeFileSync } from "node:fs";
import { kubectl, SYSTEM } from "./kube.ts";

const QUESTIONS: readonly (readonly string[])[] = [
  ["get", "pods,agentkeysbindings", "-A", "-o", "wide"],
  ["get", "events", "-A", "--sort-by=.lastTimestamp"],
  ["get", "agentkeysbindings", "-A", "-o", "yaml"],
  ...["operator", "broker", "creds-worker", "signer", "webhook", "chain", "store"].map((component) => [
    "-n",
    SYSTEM,
    "logs",
    "-l",
    `app.kubernetes.io/component=${component}`,
    "--tail=200",
    "--prefix",
  ]),
  ["logs", "-A", "-l", "agentkeys.io/injected", "-c", "agentkeys-proxy", "--tail=100", "--prefix"],
];

/** Writes the answers to a file; a question that fails is written as its own fault. */
export async function diagnose(path: string): Promise<void> {
  const answers: string[] = [];
  for (const question of QUESTIONS)
    answers.push(`$ kubectl ${question.join(" ")}\n${await kubectl(...question).catch((fault: unknown) => String(fault))}`);
  writeFileSync(path, answers.join("\n"));
}
