/**
 * The main job as a person would do it, on a cluster that is up: install, one binding, one annotated pod whose SDK streams an
 * answer; a revocation on chain that cuts a running stream; a new grant. Prints each command with the time it was reached.
 */
import { spawn } from "node:child_process";
import { apply, env, forward, getJson, kubectl, SYSTEM } from "../e2e/lib/kube.ts";
import {
  agentkeys,
  agentPod,
  agentTemplate,
  bind,
  CANARIES,
  install,
  logsWith,
  recorded,
  startProvider,
  TEAM_A,
  waitReady,
  walletFile,
} from "../e2e/lib/world.ts";

const started = Date.now();
const isTerminal = process.stdout.isTTY;
const bold = (text: string): string => (isTerminal ? `\x1b[1m${text}\x1b[0m` : text);
const grey = (text: string): string => (isTerminal ? `\x1b[2m${text}\x1b[0m` : text);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const step = (text: string): void => say(`\n${bold(`[${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}`)}`);
const shown = (command: string): void => say(grey(`$ ${command}`));
const indented = (text: string): string => text.trimEnd().replaceAll(/^/gm, "    ");

/** Prints a pod's words as they arrive and answers how its stream ended: `DONE`, or the time of its fault. */
function watchStream(pod: string, onWord: () => void = () => undefined): Promise<string> {
  return new Promise((resolve) => {
    const log = spawn("kubectl", ["-n", TEAM_A, "logs", "-f", pod, "-c", "app"], { env, stdio: ["ignore", "pipe", "ignore"] });
    let pending = "";
    log.stdout.on("data", (chunk: Buffer) => {
      const lines = (pending + chunk.toString()).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) {
        const word = /^CHUNK \d+ (.*)$/.exec(line)?.[1];
        if (word !== undefined) {
          process.stdout.write(word);
          onWord();
          continue;
        }
        if (/^(DONE|FAULT)/.test(line)) {
          log.kill();
          resolve(line);
        }
      }
    });
  });
}

async function ask(pod: string, words: number): Promise<void> {
  await kubectl("-n", TEAM_A, "delete", "pod", pod, "--ignore-not-found", "--grace-period=1");
  await apply(agentPod(TEAM_A, pod, agentTemplate(["node", "openai-client.js", `stream ${words}`])));
  await logsWith(TEAM_A, pod, /CHUNK|FAULT/);
}

step("Install");
shown(`helm upgrade --install agentkeys charts/agentkeys -n ${SYSTEM} --create-namespace --set credentialNamespaces={team-a,team-b}`);
await install();
say(indented(await kubectl("-n", SYSTEM, "get", "deployments")));

step("A provider to talk to: there is no internet here, so a stub of OpenAI over TLS that records what it receives");
await startProvider();

step("One binding: its key goes from a Secret into the vault, its device and scope onto the chain");
shown("kubectl apply -f binding.yaml   # AgentKeysBinding team-a/agent: services openai, anthropic; credentialFrom Secret provider-key");
await bind(TEAM_A);
say(indented(await kubectl("get", "agentkeysbindings", "-A", "-o", "wide")));

step("One annotated pod; the OpenAI SDK in it is the one from npm and knows nothing of us");
shown("kubectl apply -f pod.yaml       # annotation agentkeys.io/binding: agent");
await ask("agent", 12);
process.stdout.write("    ");
say(`\n    ${await watchStream("agent")}`);
const pod = await getJson<{ spec: { containers: { env?: { name: string; value?: string }[] }[] } }>("pod", "agent", "-n", TEAM_A);
for (const { name, value = "" } of pod.spec.containers[0]?.env ?? [])
  if (name.startsWith("OPENAI")) say(`    in the pod:      ${name}=${value}`);
const sent = (await recorded()).at(-1)?.headers["authorization"] ?? "";
say(`    at the provider: Authorization: Bearer ${sent === `Bearer ${CANARIES[TEAM_A]}` ? "the real key" : "SOMETHING ELSE"}`);

step("The master wallet revokes on chain, from outside the cluster, while a stream runs");
await ask("cut", 600);
const wallet = await walletFile();
const chain = await forward(SYSTEM, "service/agentkeys-chain", 8545);
const flags = ["--wallet-file", wallet, "--rpc-url", `http://127.0.0.1:${chain.port}`];
shown("npx agentkeys revoke team-a/agent");
process.stdout.write("    ");
const ending = watchStream("cut");
const receipt = await agentkeys("revoke", `${TEAM_A}/agent`, ...flags);
const minedMs = Date.now();
chain.close();
const fault = await ending;
say(`\n${indented(receipt)}`);
const cutMs = Number(/FAULT (\d+)/.exec(fault)?.[1] ?? Number.NaN) - minedMs;
say(
  `    the stream was cut ${cutMs <= 0 ? "before the command had its receipt" : `${cutMs} ms after the receipt`}: ${fault.replace(/^FAULT \d+ */, "")}`,
);

step("Granted again by the platform team, and the answer streams once more");
shown("kubectl -n team-a annotate akb agent agentkeys.io/resync=now --overwrite");
await kubectl("-n", TEAM_A, "annotate", "akb", "agent", `agentkeys.io/resync=${Date.now()}`, "--overwrite");
await waitReady(TEAM_A);
await ask("again", 12);
process.stdout.write("    ");
const last = await watchStream("again");
say(`\n    ${last}`);
process.exitCode = last === "DONE" && sent === `Bearer ${CANARIES[TEAM_A]}` && Number.isFinite(cutMs) ? 0 : 1;
