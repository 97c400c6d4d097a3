import { expect, test } from "@jest/globals";
import { readFileSync } from "node:fs";

test("a sidecar carries no web framework, chain client, Kubernetes client, cloud SDK, schema compiler or native code", () => {
  const packages = readFileSync(new URL("../../docs/reference/dependencies-sidecar.txt", import.meta.url), "utf8")
    .trim()
    .split("\n");
  const names = packages.map((line) => line.split(" ")[0] ?? "");
  const atStart = packages.filter((line) => !line.endsWith(" on demand")).join(" ");
  expect(names).toEqual(expect.arrayContaining(["undici", "winston", "prom-client"]));
  expect(names.filter((name) => /^(express|ethers|ajv|node-jose|@kubernetes|@aws-sdk|@smithy|koffi|smol-toml)/.test(name))).toEqual([]);
  expect(names).toContain("@grpc/grpc-js");
  expect(atStart).not.toMatch(/grpc|protobuf/);
  expect(new Set(names).size).toBe(names.length);
});

test("the daemon of a workstation does, beside its bundle", () => {
  expect(readFileSync(new URL("../../docs/reference/dependencies-daemon.txt", import.meta.url), "utf8")).toMatch(/^koffi \d/m);
});
