import { expect, test } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../src/", import.meta.url);
const sources = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);

/** What a caller can see: functions, constructors, state, events, errors and types, by the first line of their declaration. */
const VISIBLE = /^ {4}(?:(?:event|error|struct|constructor)\b|function (?!_)|.*\bpublic\b.*[;=])/;

function isDocumented(lines: readonly string[], index: number): boolean {
  let above = index - 1;
  while (/^ {4}\/\/\//.test(lines[above] ?? "")) above -= 1;
  const comment = lines.slice(above + 1, index).join("\n");
  return /@notice|@param/.test(comment);
}

test.each(sources)("everything a caller of %s sees has its NatSpec", (_name, source) => {
  const lines = source.split("\n");
  const visible = lines.map((line, index) => ({ line, index })).filter(({ line }) => VISIBLE.test(line));
  expect(visible.length).toBeGreaterThan(0);
  expect(visible.filter(({ index }) => !isDocumented(lines, index)).map(({ line }) => line.trim())).toEqual([]);
});

test.each(sources)("%s, its contract included, says what it is", (_name, source) => {
  expect(source).toMatch(/\/\/\/ @title [^\n]+\n(?:\/\/\/ [^\n]+\n)*contract /);
});
