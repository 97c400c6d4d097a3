/** Figures of a running release on the local cluster, as `make e2e` and `make demo` leave it: a binding `agent` in team-a, a stub provider. */
import { readFileSync, readdirSync } from "node:fs";
import { agentPod, agentTemplate, logsWith, PROVIDER, TEAM_A } from "../../e2e/lib/world.ts";
import { apply, getJson, kubectl } from "../../e2e/lib/kube.ts";
import { percentile } from "../lib/load.ts";
import { memoryOf } from "../lib/process.ts";
import { memoryRow, type Row, type Say } from "../lib/rows.ts";

const PODS = 10;
const IDLE_MS = 15_000;
const PACED_SECONDS = 20;
const BINDING = "bench";
const SERVICES = ["operator", "webhook", "broker", "creds-worker", "signer"] as const;
/** What an operator of the budgets may rely on; the others have none. */
const BUDGETS_MIB: Readonly<Record<string, number>> = { webhook: 96 };

const script = (name: string): string => readFileSync(new URL(`../clients/${name}.js`, import.meta.url), "utf8");
const clientPod = (name: string, code: string, binding: string): object =>
  agentPod(TEAM_A, name, agentTemplate(["node", "--input-type=module", "-e", code], { binding }));
const remove = (...pods: readonly string[]): Promise<string> =>
  kubectl("-n", TEAM_A, "delete", "pod", ...pods, "--ignore-not-found", "--wait=true");
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Processes of this machine's pods that run one service of the image; `pod` names one sidecar's. */
function processesOf(service: string, pod?: string): number[] {
  const read = (path: string): string[] => {
    try {
      return readFileSync(path, "utf8").split("\0");
    } catch {
      // It ended between the listing and the look.
      return [];
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const words = read(`/proc/${pid}/cmdline`);
      if (!words.includes("/app/main.js") || !words.includes(service)) return false;
      return pod === undefined || read(`/proc/${pid}/environ`).includes(`POD_NAME=${pod}`);
    })
    .map(Number);
}

interface FirstCall {
  enrolMs: number;
  /** What the first call took longer than a warm one. */
  extraMs: number;
  /** Both, what ran at the same time counted once. */
  totalMs: number;
}

interface Timed {
  status: number;
  ms: number;
}

async function firstCall(pod: string): Promise<FirstCall> {
  await remove(pod);
  await apply(clientPod(pod, script("first-call"), "agent"));
  const text = await logsWith(TEAM_A, pod, /FIRST .*\n/);
  const printed = JSON.parse(/FIRST (.*)/.exec(text)?.[1] ?? "") as { at: number; first: Timed; warm: Timed[] };
  const refused = [printed.first, ...printed.warm].find(({ status }) => status !== 200);
  if (refused !== undefined)
    throw new Error(`a call in pod ${pod} was answered with ${refused.status}: kubectl -n ${TEAM_A} logs ${pod} -c agentkeys-proxy`);
  const lines = (await kubectl("-n", TEAM_A, "logs", pod, "-c", "agentkeys-proxy")).split("\n");
  const timeOf = (message: string): number => {
    const line = lines.find((text_) => text_.includes(`"message":"${message}"`));
    if (line === undefined) throw new Error(`the proxy of pod ${pod} did not say "${message}"`);
    return Date.parse((JSON.parse(line) as { timestamp: string }).timestamp);
  };
  const enrolledAt = timeOf("enrolled");
  const enrolMs = enrolledAt - timeOf("sidecar is listening");
  const warmMs = percentile(
    printed.warm.map(({ ms }) => ms),
    0.5,
  );
  const extraMs = printed.first.ms - warmMs;
  await remove(pod);
  return { enrolMs, extraMs, totalMs: enrolMs + extraMs - Math.max(0, enrolledAt - printed.at) };
}

async function firstCalls(say: Say): Promise<Row[]> {
  const calls: FirstCall[] = [];
  for (let index = 0; index < PODS; index += 1) {
    const call = await firstCall("bench-first");
    calls.push(call);
    say(`fresh pod ${index + 1} of ${PODS}: enrolled after ${call.enrolMs} ms, first call ${call.extraMs.toFixed(0)} ms above a warm one`);
  }
  const of = (pick: (call: FirstCall) => number, part: number): string => percentile(calls.map(pick), part).toFixed(0);
  const p50 = percentile(
    calls.map(({ totalMs }) => totalMs),
    0.5,
  );
  const slowest = Math.max(...calls.map(({ totalMs }) => totalMs));
  return [
    {
      what: `first call of ${PODS} fresh pods, enrolment included, above a warm call`,
      value: `p50 ${p50.toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
      budget: "p50 ≤ 250 ms",
      isMet: p50 <= 250,
    },
    { what: "of that, proxy listening to enrolled", value: `p50 ${of(({ enrolMs }) => enrolMs, 0.5)} ms` },
    { what: "of that, the first call itself above a warm one", value: `p50 ${of(({ extraMs }) => extraMs, 0.5)} ms` },
  ];
}

function rowOf(what: string, pids: readonly number[], budget?: number): Row {
  if (pids.length === 0) throw new Error(`${what}: no such process on this machine`);
  return memoryRow(what, pids.map(memoryOf), budget);
}

async function memory(say: Say): Promise<Row[]> {
  const [idle, paced] = ["bench-idle", "bench-paced"];
  // A binding of its own: the tests' binding keeps its limits, and the load must not run into one.
  const limits = { requestsPerMinute: 1_000_000, requestsPerHour: 60_000_000, maxConcurrent: 10_000 };
  const openai = { name: "openai", credentialFrom: { secretRef: { name: "provider-key", key: "key" } }, limits };
  const metadata = { name: BINDING, namespace: TEAM_A };
  await apply({ apiVersion: "agentkeys.io/v1alpha1", kind: "AgentKeysBinding", metadata, spec: { services: [openai] } });
  try {
    await kubectl("-n", TEAM_A, "wait", "akb", BINDING, "--for=condition=Ready", "--timeout=90s");
    await remove(idle, paced);
    await apply(clientPod(idle, "setInterval(() => undefined, 60_000)", BINDING));
    await kubectl("-n", TEAM_A, "wait", "pod", idle, "--for=condition=Ready", "--timeout=60s");
    await wait(IDLE_MS);
    const rows = SERVICES.map((service) => rowOf(`${service}, idle, resident memory`, processesOf(service), BUDGETS_MIB[service]));
    rows.push(rowOf("sidecar in a pod, enrolled and idle, resident memory", processesOf("sidecar", idle), 60));
    say("memory of the release read; 500 calls a second next");
    await apply(clientPod(paced, script("pace"), BINDING));
    await logsWith(TEAM_A, paced, new RegExp(`(PACE .*\\n){${PACED_SECONDS}}`), PACED_SECONDS + 60);
    const pids = processesOf("sidecar", paced);
    const row = rowOf("", pids, 96);
    const text = await kubectl("-n", TEAM_A, "logs", paced, "-c", "app");
    const seconds = [...text.matchAll(/PACE (.*)/g)].map((match) => JSON.parse(match[1] ?? "{}") as Record<string, number>).slice(5);
    const rate = percentile(
      seconds.map((of) => of["200"] ?? 0),
      0.5,
    );
    return [...rows, { ...row, what: `sidecar in a pod at ${rate} answered calls/s, resident memory` }];
  } finally {
    await remove(idle, paced);
    await kubectl("-n", TEAM_A, "delete", "akb", BINDING, "--ignore-not-found", "--wait=false");
    // It has recorded every call.
    await kubectl("-n", PROVIDER, "rollout", "restart", "deployment/provider");
    await kubectl("-n", PROVIDER, "rollout", "status", "deployment/provider", "--timeout=90s");
  }
}

async function isThere(): Promise<boolean> {
  try {
    const binding = await getJson<{ status?: { conditions?: { type: string; status: string }[] } }>("akb", "agent", "-n", TEAM_A);
    return binding.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  } catch {
    return false;
  }
}

/** First calls, then memory; without a cluster the rows say so. */
export async function measureCluster(say: Say): Promise<Row[]> {
  if (!(await isThere())) {
    const value = "not measured: run `make demo` first";
    return ["first call of a fresh pod", "resident memory of the release"].map((what) => ({ what, value }));
  }
  return [...(await firstCalls(say)), ...(await memory(say))];
}
