import { readFileSync } from "node:fs";

/** One entry of `upstream.json`: what goes in, and what upstream's code makes or says of it. */
export interface Vector {
  id: string;
  input: Readonly<Record<string, unknown>>;
  output: Readonly<Record<string, unknown>>;
}

const file = new URL("./upstream.json", import.meta.url);
export const { vectors, count } = JSON.parse(readFileSync(file, "utf8")) as { vectors: Vector[]; count: number };

/** A text of a vector; throws when it has none of that name. */
export function textOf(from: Readonly<Record<string, unknown>>, name: string): string {
  const value = from[name];
  if (typeof value !== "string") throw new TypeError(`the vector has no text ${name}`);
  return value;
}

/** Bytes of hex text, with or without `0x`. */
export function bytesOf(from: Readonly<Record<string, unknown>>, name: string): Buffer {
  return Buffer.from(textOf(from, name).replace(/^0x/, ""), "hex");
}
