import type { Readable } from "node:stream";
import { AgentKeysError } from "@agentkeys/common/errors";

/** One server-sent event (WHATWG HTML §9.2). */
export interface ServerSentEvent {
  event: string;
  data: string;
}

const MAX_EVENT_CHARS = 1_048_576;

/** Parses an event stream; throws when one event exceeds 1 MiB. An event that was not ended by an empty line is discarded. */
export async function* readEvents(body: Readable): AsyncGenerator<ServerSentEvent> {
  const parser = new EventParser();
  body.setEncoding("utf8");
  for await (const chunk of body as AsyncIterable<string>) yield* parser.push(chunk);
}

class EventParser {
  #rest = "";
  #isFirst = true;
  #endedInCr = false;
  #event = "";
  #data: string[] = [];
  #size = 0;

  *push(chunk: string): Generator<ServerSentEvent> {
    let fresh = this.#isFirst && chunk.startsWith("\uFEFF") ? chunk.slice(1) : chunk;
    this.#isFirst = false;
    if (this.#endedInCr && fresh.startsWith("\n")) fresh = fresh.slice(1);
    this.#endedInCr = chunk.endsWith("\r");
    const text = this.#rest + fresh;
    let start = 0;
    // What was left over holds no line end: it is not searched again.
    const lineEnd = /\r\n|\n|\r/g;
    lineEnd.lastIndex = this.#rest.length;
    for (let end = lineEnd.exec(text); end !== null; end = lineEnd.exec(text)) {
      const complete = this.#line(text.slice(start, end.index));
      start = lineEnd.lastIndex;
      if (complete !== null) yield complete;
    }
    this.#rest = text.slice(start);
    this.#limit(this.#rest.length);
  }

  #line(line: string): ServerSentEvent | null {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line.startsWith(" ", colon + 1) ? colon + 2 : colon + 1);
    if (name === "event") this.#event = value;
    else if (name === "data") {
      this.#size += value.length + 1;
      this.#limit(0);
      this.#data.push(value);
    }
    return null;
  }

  #dispatch(): ServerSentEvent | null {
    const complete = this.#data.length === 0 ? null : { event: this.#event === "" ? "message" : this.#event, data: this.#data.join("\n") };
    this.#event = "";
    this.#data = [];
    this.#size = 0;
    return complete;
  }

  #limit(pending: number): void {
    if (this.#size + pending > MAX_EVENT_CHARS) throw new AgentKeysError("upstream_unreachable", { detail: "event too large" });
  }
}
