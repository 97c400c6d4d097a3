import { afterEach, expect, test } from "@jest/globals";
import { GENESIS, linkRow, readRow } from "@agentkeys/common/audit-rows";
import { rowName } from "../../src/audit/index.ts";
import type { CallerIdentity } from "../../src/caller/index.ts";
import { policyOf, service, startBench, type Bench } from "../proxy/bench.ts";

let bench: Bench | undefined;
afterEach(() => bench?.proxy.close(0));

test("a name of up to 256 characters stands as it is, a longer one is cut and stays distinct", () => {
  expect(rowName("x".repeat(256))).toBe("x".repeat(256));
  const [one, other] = [rowName(`${"x".repeat(256)}1`), rowName(`${"x".repeat(256)}2`)];
  expect(one).toMatch(/^x{223}~[0-9a-f]{32}$/);
  expect(other).toMatch(/^x{223}~[0-9a-f]{32}$/);
  expect(one).not.toBe(other);
  expect(rowName(`${"x".repeat(256)}1`)).toBe(one);
});

test("a call by the longest names a policy takes leaves a row that the broker takes, and says which of two callers it was", async () => {
  const path = `/v1/${"a".repeat(2044)}`;
  const callers: CallerIdentity[] = [
    { kind: "process", uid: 1000, binaryPath: `/${"b".repeat(4094)}1` },
    { kind: "process", uid: 1000, binaryPath: `/${"b".repeat(4094)}2` },
    { kind: "workload", spiffeId: `spiffe://td/${"c".repeat(2036)}`, publicKeySha256: "ab" },
  ];
  const rules = callers.map((caller) => {
    if (caller.kind === "process") return { uid: caller.uid, binaryPath: caller.binaryPath ?? "" };
    return { spiffeId: caller.kind === "workload" ? caller.spiffeId : "" };
  });
  const turns = [...callers];
  const callerGuard = { identify: () => ({ identify: () => Promise.resolve(turns.shift() ?? null) }) };
  const policy = policyOf([service({ upstream: "https://upstream.test:1", paths: [path], callers: rules })]);
  bench = await startBench(policy, { deps: { callerGuard } });
  while (turns.length > 0) await bench.ask("GET", `/openai${path}`);
  const read = bench.rows.map((row) => readRow(linkRow({ kind: "call", ...row }, "a-stream", { sequence: 0, hash: GENESIS }).text).fields);
  expect(read.map(({ reason }) => reason)).toEqual(callers.map(() => "upstream_unreachable"));
  expect(new Set(read.map(({ caller }) => caller)).size).toBe(3);
});
