import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { generate } from "../schema-checks.ts";

test("the compiled checks are those of the schemas: `make generate` writes them", async () => {
  const modules = await generate();
  for (const [path, text] of modules) expect([path, readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")]).toEqual([path, text]);
  expect(modules.size).toBeGreaterThan(6);
});
