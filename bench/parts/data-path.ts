/** What a proxy adds: direct, nginx, a bare pass-through and the sidecar in front of one TLS upstream, in turns. */
import { Pool } from "undici";
import { readFileSync } from "node:fs";
import { pacedLatencies, percentile, rateOf } from "../lib/load.ts";
import { IMAGE_FLAGS, LOAD_CORE, MEASURED_CORE, memoryOf, processorTimeOf, startNode, type Running } from "../lib/process.ts";
import { startNginx } from "../peers/nginx.ts";
import { memoryRow, type Row, type Say } from "../lib/rows.ts";
import { peerFile } from "../lib/tools.ts";

const ROUNDS = 3;
const RATE_SECONDS = 4;
const PACED_CALLS = 500;
const PACED_EVERY_MS = 10;
const BUSY_CALLS = 5000;
const BUSY_EVERY_MS = 2;

interface Peer {
  name: string;
  url: string;
  process: Running | null;
  rates: number[];
  /** Microseconds of processor time for one call. */
  costs: number[];
  times: number[];
}

/** Measures all peers in turns, so that what else the machine does hits each alike. */
export async function measureDataPath(folder: string, tls: { cert: string; key: string }, say: Say): Promise<Row[]> {
  const upstream = await startNode(LOAD_CORE, [peerFile("upstream"), tls.cert, tls.key], /ready (\d+)/);
  const passthrough = await startNode(MEASURED_CORE, [peerFile("passthrough"), tls.cert, String(upstream.port)], /ready (\d+)/);
  const sidecar = await startNode(MEASURED_CORE, [...IMAGE_FLAGS, peerFile("sidecar"), tls.cert, String(upstream.port)], /ready (\d+)/);
  const nginx = await startNginx(folder, tls.cert, upstream.port);
  const through = (process: Running, path: string): string => `http://127.0.0.1:${process.port}${path}`;
  const peers: Peer[] = [
    { name: "direct", url: `https://127.0.0.1:${upstream.port}/v1/direct`, process: null, rates: [], costs: [], times: [] },
    { name: "nginx", url: through(nginx, "/openai/v1/models"), process: nginx, rates: [], costs: [], times: [] },
    { name: "bare undici pass-through", url: through(passthrough, "/v1/models"), process: passthrough, rates: [], costs: [], times: [] },
    { name: "sidecar", url: through(sidecar, "/openai/v1/models"), process: sidecar, rates: [], costs: [], times: [] },
  ];
  try {
    for (const peer of peers) await rateOf(peer.url, 2);
    for (let round = 1; round <= ROUNDS; round += 1)
      for (const peer of peers) {
        await rate(peer);
        peer.times.push(...(await paced(peer, tls.cert, PACED_CALLS, PACED_EVERY_MS)));
        say(`round ${round} of ${ROUNDS}, ${peer.name}: ${Math.round(peer.rates.at(-1) ?? 0)} calls/s`);
      }
    const [direct, , bare, ours] = peers as [Peer, Peer, Peer, Peer];
    const busyMiB = await busyMemory(ours, tls.cert);
    return [...peers.map((peer) => describe(peer, direct)), ...judge(ours, bare, direct), busyMiB];
  } finally {
    for (const running of [nginx, sidecar, passthrough, upstream]) await running.stop();
  }
}

async function rate(peer: Peer): Promise<void> {
  const before = peer.process === null ? 0 : processorTimeOf(peer.process.pid);
  const { rate, answers } = await rateOf(peer.url, RATE_SECONDS);
  peer.rates.push(rate);
  if (peer.process !== null) peer.costs.push((processorTimeOf(peer.process.pid) - before) / answers);
}

async function paced(peer: Peer, cert: string, count: number, everyMs: number): Promise<number[]> {
  const { origin, pathname } = new URL(peer.url);
  const pool = new Pool(origin, { connections: 8, connect: { ca: readFileSync(cert), servername: "localhost" } });
  try {
    await pacedLatencies(pool, pathname, 50, everyMs);
    return await pacedLatencies(pool, pathname, count, everyMs);
  } finally {
    await pool.close();
  }
}

async function busyMemory(peer: Peer, cert: string): Promise<Row> {
  await paced(peer, cert, BUSY_CALLS, BUSY_EVERY_MS);
  return memoryRow("data path alone at 500 calls/s after the rates above, resident memory", [memoryOf(peer.process?.pid ?? 0)], 96);
}

const median = (values: readonly number[]): number => percentile(values, 0.5);

function describe(peer: Peer, direct: Peer): Row {
  const rate = median(peer.rates);
  const [p50, p99] = [percentile(peer.times, 0.5), percentile(peer.times, 0.99)];
  const cost = peer.costs.length === 0 ? "" : `, ${median(peer.costs).toFixed(0)} µs of processor time a call`;
  return {
    what: `${peer.name}: rate on 32 connections; latency at 100 calls/s`,
    value: `${Math.round(rate)} calls/s (${(rate / median(direct.rates)).toFixed(2)} × direct)${cost}; p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
  };
}

function judge(ours: Peer, bare: Peer, direct: Peer): Row[] {
  const ratio = median(ours.rates) / median(bare.rates);
  const p50 = percentile(ours.times, 0.5) - percentile(direct.times, 0.5);
  const p99 = percentile(ours.times, 0.99) - percentile(direct.times, 0.99);
  return [
    { what: "sidecar rate against the bare pass-through", value: `${ratio.toFixed(2)} ×`, budget: "≥ 0.9 ×", isMet: ratio >= 0.9 },
    { what: "processor time of a call against the bare pass-through", value: `${(median(ours.costs) / median(bare.costs)).toFixed(2)} ×` },
    { what: "sidecar added latency, p50 at 100 calls/s", value: `${p50.toFixed(2)} ms`, budget: "≤ 0.4 ms", isMet: p50 <= 0.4 },
    { what: "sidecar added latency, p99 at 100 calls/s", value: `${p99.toFixed(2)} ms`, budget: "≤ 2 ms", isMet: p99 <= 2 },
  ];
}
