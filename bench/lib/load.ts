/** The two loads: as fast as it goes on some connections, and at a steady pace on one. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Dispatcher } from "undici";
import { LOAD_CORE } from "./process.ts";

const run = promisify(execFile);

/** Value below which `part` of the sorted numbers lie. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Answers in all and a second by wrk on 32 kept-alive connections; throws when one answer in a hundred is no 2xx. */
export async function rateOf(url: string, seconds: number): Promise<{ rate: number; answers: number }> {
  const { stdout } = await run("taskset", ["-c", LOAD_CORE, "wrk", "-t1", "-c32", `-d${seconds}s`, "-H", "Accept: application/json", url]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const total = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  if (!(rate > 0) || bad * 100 > total) throw new Error(`wrk on ${url}: ${stdout}`);
  return { rate, answers: total };
}

/** Milliseconds of each of `count` calls, `everyMs` apart whatever the last one took. */
export async function pacedLatencies(dispatcher: Dispatcher, path: string, count: number, everyMs: number): Promise<number[]> {
  const times: number[] = [];
  const calls: Promise<void>[] = [];
  const one = async (): Promise<void> => {
    const begun = performance.now();
    const { statusCode, body } = await dispatcher.request({ method: "GET", path, headers: { accept: "application/json" } });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    times.push(performance.now() - begun);
  };
  const start = performance.now();
  for (let index = 0; index < count; index += 1) {
    const waitMs = start + index * everyMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    calls.push(one());
  }
  await Promise.all(calls);
  return times;
}

/** Calls `one` on `lanes` lanes for `seconds`; answers the rate and every call's milliseconds. */
export async function saturate(lanes: number, seconds: number, one: () => Promise<void>): Promise<{ rate: number; times: number[] }> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const begun = performance.now();
      await one();
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { rate: times.length / seconds, times };
}
