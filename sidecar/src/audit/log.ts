import type { Recorded } from "@agentkeys/common/audit-trail";

export interface AuditLog {
  append(row: Recorded): void;
  /** Writes what is still held; for the end of the process. */
  flush(): void;
}

/**
 * Audit rows on standard output, one JSON line each, in the frame of every other log line. They do not pass through winston: a row
 * comes with every call, and its streams and formats took a fifth of the data path's time; no level may mute a row either. Rows of
 * the few milliseconds until `later` calls back are written together: each write wakes a reader. A row that found no room in the
 * spool has no hash and stands here alone.
 */
export function createAuditLog(stream: { write(text: string): unknown }, later: (flush: () => void) => unknown): AuditLog {
  let held = "";
  const flush = (): void => {
    const text = held;
    held = "";
    if (text !== "") stream.write(text);
  };
  return {
    append({ kind, time, text, hash }) {
      if (held === "") later(flush);
      const ending = hash === null ? "" : `,"hash":"${hash}"`;
      held += `{"component":"sidecar","level":"info","message":"${kind}","timestamp":"${time}","type":"audit",${text.slice(1, -1)}${ending}}\n`;
    },
    flush,
  };
}
