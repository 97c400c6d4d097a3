import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { SchemaCheck } from "../validator/index.ts";

/** The options every check of ours is compiled with, ahead of time or in a test. */
const AJV_OPTIONS = { allErrors: true, strict: true, allowUnionTypes: true, useDefaults: true } as const;

/** A CRD's schema as the API server applies it under strict validation: a field it does not name is refused. */
export function closedSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closedSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const given = schema as Record<string, unknown>;
  const kept = Object.entries(given).filter(([key]) => !key.startsWith("x-"));
  const isClosed = typeof given["properties"] === "object" && given["type"] === "object";
  const closed = Object.fromEntries(kept.map(([key, value]) => [key, closedSchema(value)]));
  return { ...closed, ...(isClosed ? { additionalProperties: false } : {}) };
}

/** The API server's patterns are Go's, which says for the rest of a pattern what JavaScript says for a group. */
const goRegExp = Object.assign((pattern: string, flags: string) => new RegExp(pattern.replace(/\(\?i\)(.*)$/, "(?i:$1)"), flags), {
  code: "new RegExp",
});

/** Compiles a check from a schema of somebody else, with words that are none of JSON Schema's. */
export function compileForeignCheck(schema: object): SchemaCheck {
  const options = { allErrors: true, strict: false, validateFormats: false, code: { regExp: goRegExp } };
  return new Ajv(options).compile(schema) as SchemaCheck;
}

/** Compiles a check from a schema that only a test has. */
export function compileCheck(schema: object): SchemaCheck {
  return new Ajv(AJV_OPTIONS).compile(schema) as SchemaCheck;
}

/** The text of a module that exports one check for each schema. */
export function moduleOf(schemas: Readonly<Record<string, object>>, validatorPath = "@agentkeys/common/validator"): string {
  const ajv = new Ajv({ ...AJV_OPTIONS, code: { source: true, esm: true, lines: true } });
  const names = Object.keys(schemas);
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  const code = standalone.default(ajv, Object.fromEntries(names.map((name) => [name, name])));
  const counters = [...code.matchAll(/^const (\w+) = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;?$/gm)];
  const aliases = counters.map(([line, alias]) => [line, `const ${alias ?? ""} = countCodePoints;`] as const);
  const body = aliases.reduce((text, [line, own]) => text.replace(line, own), code.replace('"use strict";', ""));
  if (body.includes("require(")) throw new TypeError("a schema uses a keyword whose check needs ajv at run time");
  const imported = aliases.length > 0 ? "countCodePoints, type SchemaCheck" : "type SchemaCheck";
  const head = `// @ts-nocheck -- written by hack/schema-checks.ts: do not edit, run \`make generate\`\nimport { ${imported} } from "${validatorPath}";\n`;
  return head + body.replaceAll(/^export const (\w+) = /gm, "export const $1: SchemaCheck = ").trim() + "\n";
}
