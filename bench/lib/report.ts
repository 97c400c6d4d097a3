/** The page that a full run writes; it names no date, so that it changes only with what was measured. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { markdownOf, type Row } from "./rows.ts";

const PAGE = "docs/reference/performance.md";

/** Heading and meaning of each part. */
const PARTS: Record<string, { title: string; meaning: string }> = {
  "data-path": {
    title: "Data path",
    meaning: `A small JSON answer is asked for over plain HTTP/1.1 on loopback and fetched from one TLS upstream on the same machine. The peers are
nginx (one worker, no access log, verified TLS and keep-alive upstream), a bare pass-through (node:http in, undici out, the key added, no
checks, no log) and no proxy at all. The sidecar does all it does in a pod: guard, policy, quota, placeholder checks, metrics and one chained
audit row for each call; only where its policy and credential come from is fixed. The rate is the median of three rounds in which the peers
take turns; the latency is that of calls 10 ms apart. Added latency is the difference to no proxy at the same percentile.

The bare pass-through is a floor, not a proxy that could be used: it parses HTTP on both sides and moves bytes. What the sidecar adds to it is the
checks of headers and path, the quota, a hashed and written audit row and the metrics; the processor time of a call says how much, and is
less bound than the rate to what else the machine does.

Own memory is what a process shares with no other: the rest is Node's program itself, which all proxies of a machine have together.

It does not say how fast a provider answers, nor what a network adds. Rates are bound to this machine; the ratios travel better. The processes have
no memory limit here; under a container's limit V8 keeps smaller heaps, as the rows of the cluster show.`,
  },
  start: {
    title: "Start and idle memory",
    meaning: `The image's own bundle started ten times with nothing answering behind it, as in an outage. Pulling an image and starting a container are not in it.`,
  },
  caps: {
    title: "Broker",
    meaning: `The broker's own process asked for caps by one enrolled session, sixteen at a time. Each cap has a fresh proof of possession and its rights read from
a local chain; a chain across a network adds its own answer time. TLS connections are kept alive.`,
  },
  webhook: {
    title: "Webhook",
    meaning: `Reviews of pods that are injected, over kept-alive TLS. The caches are the webhook's own, filled from an API server in memory; the live reads that
a pod outside the caches needs are not in it.`,
  },
  cluster: {
    title: "In a cluster",
    meaning: `On the local cluster with the chart's defaults and a stub provider. The first call is what a fresh pod waits for more than for a warm
call: enrolment, policy, cap, envelope and the first TLS connection upstream. Memory is that of each process, read from /proc.`,
  },
};

/** Writes the page from the rows of every part. */
export function writeReport(measured: Readonly<Record<string, readonly Row[]>>): void {
  const rows = Object.values(measured).flat();
  const missed = rows.filter(({ isMet }) => isMet === false);
  const judged = rows.filter(({ isMet }) => isMet !== undefined).length;
  const memoryGiB = Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0) / 1024 ** 2;
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${memoryGiB.toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`;
  const sections = Object.entries(measured).map(([name, of]) => {
    const { title = name, meaning = "" } = PARTS[name] ?? {};
    return `## ${title}\n\n${markdownOf(of)}\n\n${meaning}\n`;
  });
  const verdict = `${judged - missed.length} of ${judged} budgets are met${missed.length === 0 ? "" : `; missed: ${missed.map(({ what }) => what).join("; ")}`}.`;
  const intro = `# Performance

Written by \`make bench\`; do not edit. One run measures everything, peers side by side. What is measured has one core; the load, the upstream and
the chain share the other.

Machine: ${machine}.

${verdict}
`;
  writeFileSync(PAGE, [intro, ...sections].join("\n"));
}
