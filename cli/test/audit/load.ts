/** Clients that call without a pause worth the name, and remember what they saw answered. */
import type { Answer, Program } from "../../../sidecar/test/site/index.ts";

export interface Seen extends Answer {
  /** Place of the proxy among the site's. */
  proxy: number;
  /** Length of the body, which no other call has: an audit row names neither header nor path, but says how much came in. */
  bytes: number;
  atMs: number;
}

const PAUSE_MS = 10;
const SHORTEST = 16;

export interface Load {
  /** What was answered, in its order. */
  seen: Seen[];
  /** How many calls of a proxy were answered so far, or came to nothing but this status. */
  count: (proxy: number, status?: number) => number;
  /** Begins no more calls; resolves when all are over. */
  stop: () => Promise<void>;
}

/** Starts `clients` for each proxy. */
export function startLoad(proxies: Program[], clients: number, call: (proxy: Program, body: string) => Promise<Answer>): Load {
  const seen: Seen[] = [];
  let [next, isOver] = [SHORTEST, false];
  const client = async (proxy: number, program: Program): Promise<void> => {
    while (!isOver) {
      const bytes = (next += 1);
      // A proxy that is killed cuts what is under way: nothing was answered.
      const answer = await call(program, "x".repeat(bytes)).catch(() => null);
      if (answer !== null) seen.push({ ...answer, proxy, bytes, atMs: performance.now() });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  };
  const running = proxies.flatMap((program, proxy) => Array.from({ length: clients }, () => client(proxy, program)));
  return {
    seen,
    count: (proxy, status) => seen.filter((each) => each.proxy === proxy && (status === undefined || each.status === status)).length,
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
  };
}
