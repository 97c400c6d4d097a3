import type { AuditSink } from "./row.ts";

export interface AuditLog extends AuditSink {
  /** Writes what is still held; for the end of the process. */
  flush(): void;
}

/**
 * Audit rows on standard output, one JSON line each, in the frame of every other log line. They do not pass through winston: a row
 * comes with every call, and its streams and formats took a fifth of the data path's time; no level may mute a row either. Rows of
 * the few milliseconds until `later` calls back are written together: each write wakes a reader.
 */
export function createAuditLog(stream: { write(text: string): unknown }, later: (flush: () => void) => unknown): AuditLog {
  let held = "";
  const flush = (): void => {
    const text = held;
    held = "";
    if (text !== "") stream.write(text);
  };
  return {
    append({ time, hash }, linked) {
      if (held === "") later(flush);
      held += `{"component":"sidecar","level":"info","message":"call","timestamp":"${time}","type":"audit",${linked.slice(1, -1)},"hash":"${hash}"}\n`;
    },
    flush,
  };
}
