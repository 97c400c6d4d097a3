import { describe, expect, test } from "@jest/globals";
import { closedSchema, compileCheck } from "@agentkeys/common/testing";
import { validator } from "@agentkeys/common/validator";
import {
  DEFAULT_MAX_AGE_SECONDS,
  LEAST_MAX_AGE_SECONDS,
  pinProblem,
  SPIFFE_ID_PATTERN,
  VERIFIER_KEY_PATTERN,
} from "@agentkeys/common/workload";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";
import { ADMIN_PORT } from "../src/proxy/index.ts";

type Json = Record<string, unknown>;

const SAMPLES = new URL("fixtures/crds/", import.meta.url);
const read = (url: URL): Json => parse(readFileSync(url, "utf8")) as Json;

function schemaOf(plural: string): (body: unknown) => unknown {
  const crd = read(new URL(`../../crds/${plural}.yaml`, import.meta.url)) as {
    spec: { versions: { schema: { openAPIV3Schema: { properties: Json } } }[] };
  };
  const schema = closedSchema(crd.spec.versions[0]?.schema.openAPIV3Schema) as { properties: Json };
  // Of metadata the API server lets a schema say something of names only.
  const metadata = schema.properties["metadata"] as Json;
  const properties = { ...schema.properties, metadata: { ...metadata, additionalProperties: true } };
  return validator(compileCheck({ ...schema, properties }));
}

const schemas: Record<string, (body: unknown) => unknown> = {
  AgentKeysBinding: schemaOf("agentkeysbindings"),
  AgentKeysService: schemaOf("agentkeysservices"),
};
const check = (folder: string, name: string) => (): unknown => {
  const sample = read(new URL(`${folder}/${name}`, SAMPLES));
  return schemas[String(sample["kind"])]?.(sample);
};
/** Our manifests in the pages; those with an ellipsis for a long value stand apart. */
const shown = (): [page: string, manifest: Json][] => {
  const root = new URL("../../", import.meta.url);
  return globSync(["README.md", "docs/*/*.md"], { cwd: root }).flatMap((page) =>
    [...readFileSync(new URL(page, root), "utf8").matchAll(/^apiVersion: agentkeys\.io.*?(?=^(?:END|EOF|```)$)/gms)]
      .filter(([text]) => !text.includes("…"))
      .flatMap(([text]) => parseAllDocuments(text).map((document): [string, Json] => [page, document.toJS() as Json])),
  );
};
const samples = (folder: string): string[] => readdirSync(new URL(folder, SAMPLES)).sort();

test("no printed column reads a list or what may be unset: kubectl would show one element, or nothing", () => {
  const crd = read(new URL("../../crds/agentkeysbindings.yaml", import.meta.url)) as {
    spec: { versions: { additionalPrinterColumns: { name: string; jsonPath: string }[] }[] };
  };
  const columns = crd.spec.versions[0]?.additionalPrinterColumns ?? [];
  expect(columns.length).toBeGreaterThan(0);
  expect(columns.filter(({ jsonPath }) => jsonPath.includes("[*]") || jsonPath.startsWith(".spec."))).toEqual([]);
});

test("what a binding may say of workloads is what a workstation's rules may say, in the same words", () => {
  const text = readFileSync(new URL("../../crds/agentkeysbindings.yaml", import.meta.url), "utf8");
  for (const pins of [{}, { measurement: "m" }])
    expect(text).toContain(`message: '${pinProblem(pins, { keyName: "publicKeySha256", hasAttestation: false }) ?? ""}'`);
  expect(text).toContain(`spiffeId: {type: string, maxLength: 2048, pattern: '${SPIFFE_ID_PATTERN}'`);
  expect(text).toContain(`items: {type: string, maxLength: 16384, pattern: '${VERIFIER_KEY_PATTERN}'}`);
  const age = `minimum: ${LEAST_MAX_AGE_SECONDS}, maximum: 86400, default: ${DEFAULT_MAX_AGE_SECONDS}`;
  expect(text).toContain(`maxAgeSeconds: {type: integer, ${age}}`);
});

test("neither port of a binding's proxy may be the one of the proxy's own health", () => {
  const text = readFileSync(new URL("../../crds/agentkeysbindings.yaml", import.meta.url), "utf8");
  expect(text).toContain(`rule: 'self.port != ${ADMIN_PORT} && (!has(self.mtls) || self.mtls.port != ${ADMIN_PORT})'`);
});

describe("a custom resource", () => {
  test.each(samples("good"))("like good/%s is let in", (name) => {
    expect(check("good", name)).not.toThrow();
  });

  test.each(shown())("as %s shows it is let in", (_page, manifest) => {
    expect(Object.keys(schemas)).toContain(manifest["kind"]);
    expect(() => schemas[String(manifest["kind"])]?.(manifest)).not.toThrow();
  });

  test.each(samples("bad").filter((name) => !name.startsWith("server-")))("like bad/%s is refused by its schema", (name) => {
    expect(check("bad", name)).toThrow(/malformed/);
  });

  test.each(samples("bad").filter((name) => name.startsWith("server-")))("like bad/%s is left to the server's own rules", (name) => {
    expect(check("bad", name)).not.toThrow();
  });
});
