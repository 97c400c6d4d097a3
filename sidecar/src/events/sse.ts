import type { Readable } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";

/** One server-sent event (WHATWG HTML §9.2). */
export interface ServerSentEvent {
  event: string;
  data: string;
}

const MAX_EVENT_CHARS = 1_048_576;

/** Parses an event stream; throws when one event exceeds 1 MiB. */
export async function* readEvents(body: Readable): AsyncGenerator<ServerSentEvent> {
  let pending = "";
  body.setEncoding("utf8");
  for await (const chunk of body as AsyncIterable<string>) {
    pending += chunk;
    let end = pending.indexOf("\n\n");
    for (; end !== -1; end = pending.indexOf("\n\n")) {
      const parsed = parseEvent(pending.slice(0, end));
      pending = pending.slice(end + 2);
      if (parsed !== null) yield parsed;
    }
    if (pending.length > MAX_EVENT_CHARS) throw new AgentKeysError("upstream_unreachable", { detail: "event too large" });
  }
}

function parseEvent(block: string): ServerSentEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length === 0 ? null : { event, data: data.join("\n") };
}
