import { JsonScan, type Found } from "./json-scan.ts";

const USAGE: ReadonlySet<string> = new Set(["usage"]);
const COMMA = 0x2c;
const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/** A chunk that OpenAI's protocol adds for `include_usage`: no choices, a usage. */
export function isUsageChunk(event: unknown): boolean {
  if (typeof event !== "object" || event === null || !("choices" in event) || !("usage" in event)) return false;
  const { choices, usage } = event;
  return Array.isArray(choices) && choices.length === 0 && typeof usage === "object" && usage !== null;
}

/** Where to cut so that a member and the one comma that belonged to it are gone. */
function cutOf(line: Buffer, keyStart: number, end: number): [number, number] {
  let before = keyStart - 1;
  while (isSpace(line[before])) before -= 1;
  if (line[before] === COMMA) return [before, end];
  let after = end;
  while (isSpace(line[after])) after += 1;
  return [keyStart, line[after] === COMMA ? after + 1 : end];
}

/** A `data:` line without the `"usage":null` that `include_usage` puts into every chunk; all other bytes are as they were. */
export function withoutNullUsage(line: Buffer): Buffer {
  const start = line.indexOf("{");
  let found: Found | null = null;
  const scan = new JsonScan(USAGE, (member) => (found = member));
  scan.push(line.subarray(start));
  const member = found as Found | null;
  if (start < 0 || member?.text !== "null") return line;
  const [from, to] = cutOf(line, start + member.keyStart, start + member.end);
  return Buffer.concat([line.subarray(0, from), line.subarray(to)]);
}
