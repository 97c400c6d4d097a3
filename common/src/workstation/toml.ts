import { parse, TomlError } from "smol-toml";
import { AgentKeysError } from "../errors/index.ts";
import type { SchemaCheck, SchemaProblem } from "../validator/index.ts";

/** Where in a file something is: a table by its place among those of its name, and a key in it. */
export interface Place {
  table?: string;
  index?: number;
  key?: string;
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Line of a place, from 1; null where it is written in a way that is not looked through, as an inline table is. */
export function lineOf(text: string, { table, index = 0, key }: Place): number | null {
  const lines = text.split("\n");
  let at = 0;
  if (table !== undefined) {
    const head = new RegExp(`^\\s*\\[{1,2}\\s*${escape(table)}\\s*\\]{1,2}`);
    const heads = lines.flatMap((line, number) => (head.test(line) ? [number] : []));
    const found = heads[index];
    if (found === undefined) return null;
    at = found;
  }
  if (key === undefined) return table === undefined ? null : at + 1;
  const assignment = new RegExp(`^\\s*(?:"${escape(key)}"|${escape(key)})\\s*[.=]`);
  for (let number = table === undefined ? at : at + 1; number < lines.length; number += 1) {
    const line = lines[number] ?? "";
    if (assignment.test(line)) return number + 1;
    if (/^\s*\[/.test(line)) break;
  }
  // A key of the whole file may be written as a table.
  return table === undefined ? lineOf(text, { table: key }) : at + 1;
}

/** A fault of a file, as editors find it: `path:line: what`. */
export function problemAt(of: { path: string; text: string }, place: Place, what: string): string {
  const line = lineOf(of.text, place);
  return `${of.path}${line === null ? "" : `:${line}`}: ${what}`;
}

function schemaProblem(of: { path: string; text: string }, { instancePath, message, params }: SchemaProblem): string {
  const { missingProperty: missing, additionalProperty: unknown } = params as { missingProperty?: string; additionalProperty?: string };
  const [table, second, third, ...rest] = instancePath.slice(1).split("/");
  const isList = second !== undefined && /^\d+$/.test(second);
  const inside = (isList ? [third, ...rest] : [second, third, ...rest]).filter((part) => part !== undefined);
  const isRoot = table === undefined || table === "";
  const place: Place = isRoot
    ? {}
    : inside.length === 0 && !isList && unknown === undefined
      ? { key: table }
      : { table, index: isList ? Number(second) : 0 };
  const key = inside[0] ?? unknown;
  const where = isRoot ? "" : isList ? `${table} ${Number(second) + 1}: ` : `${table}: `;
  const what =
    missing !== undefined
      ? `${missing} is missing`
      : unknown !== undefined
        ? `${unknown} is no key here`
        : `${inside.length === 0 ? "" : `${inside.join(".")} `}${message ?? "is invalid"}`;
  return problemAt(of, { ...place, ...(key === undefined ? {} : { key }) }, `${where}${what}`);
}

/** Parses and checks a file; throws `config_invalid` with every problem and its line. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T is what the caller's schema describes
export function parseToml<T>(of: { path: string; text: string }, check: SchemaCheck): T {
  let value: unknown;
  try {
    value = parse(of.text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [what = ""] = cause.message.replace("Invalid TOML document: ", "").split("\n");
    throw new AgentKeysError("config_invalid", { message: `${of.path}:${cause.line}: ${what}`, cause });
  }
  if (check(value)) return value as T;
  const problems = new Set((check.errors ?? []).map((problem) => schemaProblem(of, problem)));
  throw new AgentKeysError("config_invalid", { message: [...problems].join("\n") });
}
