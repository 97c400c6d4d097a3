/** Time as an argument, so that no test waits and no domain code reads the machine's clock. */
export interface Clock {
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Unix time in whole seconds. */
  nowSeconds(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  nowSeconds: () => Math.floor(Date.now() / 1000),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError"));
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

/** Times as RFC 3339 says them, UTC with milliseconds. What comes within a second shares its beginning: a row is written for every call. */
export function createStamp(): (ms: number) => string {
  let second = Number.NaN;
  let beginning = "";
  return (ms) => {
    const of = Math.floor(ms / 1000);
    if (of !== second) {
      second = of;
      beginning = new Date(of * 1000).toISOString().slice(0, -"000Z".length);
    }
    return `${beginning}${String(Math.floor(ms) - of * 1000).padStart(3, "0")}Z`;
  };
}
