import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { golden, goldenPath, readme } from "../../../hack/chart.ts";
import { CHART, GOLDENS } from "./render.ts";

test("the README's table is that of values.yaml (`node hack/chart.ts` renews it)", () => {
  expect(readFileSync(`${CHART}README.md`, "utf8")).toBe(readme());
});

test.each(GOLDENS)("the golden rendering of the %s profile is fresh (`node hack/chart.ts` renews it)", (profile, args) => {
  expect(golden(args)).toBe(readFileSync(goldenPath(profile), "utf8"));
});

test("every value is explained", () => {
  const explained = [...readme().matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path ?? "");
  const leaves = (node: unknown, path: string): string[] =>
    explained.includes(path) || typeof node !== "object" || node === null || Array.isArray(node)
      ? [path]
      : Object.entries(node).flatMap(([key, value]) => leaves(value, path === "" ? key : `${path}.${key}`));
  expect(leaves(parse(readFileSync(`${CHART}values.yaml`, "utf8")), "").sort()).toEqual([...explained].sort());
});
