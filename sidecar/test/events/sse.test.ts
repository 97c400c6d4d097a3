import { describe, expect, test } from "@jest/globals";
import { Readable } from "node:stream";
import { readEvents, type ServerSentEvent } from "../../src/events/sse.ts";

async function read(...chunks: (string | Buffer)[]): Promise<ServerSentEvent[]> {
  const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}
const data = (text: string): ServerSentEvent => ({ event: "message", data: text });

describe("an event stream", () => {
  test.each([["\n"], ["\r\n"], ["\r"]])("reads lines ended by %j, however they are split", async (end) => {
    const text = `event: a${end}data: 1${end}data: 2${end}${end}data: 3${end}${end}`;
    const expected = [{ event: "a", data: "1\n2" }, data("3")];
    expect(await read(text)).toEqual(expected);
    expect(await read(...Array.from(text))).toEqual(expected);
  });

  test("ignores a byte order mark, comments, unknown fields and events without data", async () => {
    expect(await read("\uFEFFdata: 1\n\n", ": beat\n\n", "event: x\n\n", "id: 7\nretry: 1\nnonsense\ndata: 2\n\n")).toEqual([
      data("1"),
      data("2"),
    ]);
  });

  test("takes one space off a value and no more, and a field without a colon as empty", async () => {
    expect(await read("data:  1 \n\n", "data\n\n", "data:x:y\n\n")).toEqual([data(" 1 "), data(""), data("x:y")]);
  });

  test("joins a character that was split over two chunks", async () => {
    const bytes = Buffer.from("data: €\n\n");
    expect(await read(bytes.subarray(0, 7), bytes.subarray(7))).toEqual([data("€")]);
  });

  test("discards an event that was not ended", async () => {
    expect(await read("data: 1\n\ndata: 2\n")).toEqual([data("1")]);
  });

  test("passes 1 MiB and refuses more, in one line or in many", async () => {
    const most = "x".repeat(1_048_575);
    expect((await read(`data: ${most}\n\n`))[0]?.data.length).toBe(1_048_575);
    await expect(read(`data: ${most}`, "xx".repeat(10))).rejects.toThrow("event too large");
    await expect(read(...Array.from({ length: 1100 }, () => `data: ${"x".repeat(1000)}\n`))).rejects.toThrow("event too large");
  });
});
