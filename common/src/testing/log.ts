import { Writable } from "node:stream";
import { createLog, type Log } from "../log/index.ts";

/** A real log at debug level whose lines are kept as parsed objects. */
export function captureLog(component = "test"): { log: Log; lines: Record<string, unknown>[]; text: () => string } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      for (const line of chunk.toString("utf8").split("\n"))
        if (line.trim() !== "") lines.push(JSON.parse(line) as Record<string, unknown>);
      done();
    },
  });
  return { log: createLog({ component, level: "debug", stream }), lines, text: () => lines.map((line) => JSON.stringify(line)).join("\n") };
}
