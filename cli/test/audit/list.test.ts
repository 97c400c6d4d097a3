import { afterAll, describe, expect, test } from "@jest/globals";
import { batchKey, GENESIS, linkRow, serialiseBatch, streamId } from "@agentkeys/common/audit-rows";
import { folderStore } from "@agentkeys/common/audit-store";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TestMachine } from "../fakes/machine.ts";

const OPERATOR = "ab".repeat(32);
const machine = new TestMachine();
afterAll(() => rmSync(machine.folder, { recursive: true }));

test("audit list says which rows came when their device was revoked", async () => {
  const copy = join(machine.folder, "copy");
  const stream = streamId(Date.UTC(2026, 10, 26), "a".repeat(32));
  const of = { operator: OPERATOR, actor: "", device: "", source: "sidecar" as const, namespace: "team-a", pod: "pod-1", podUid: "u" };
  let head = { sequence: 0, hash: GENESIS };
  for (const mark of [{}, { isRevoked: true as const }]) {
    const row = { kind: "call", time: `2026-11-26T00:00:0${head.sequence}Z`, namespace: "team-a", pod: "pod-1", service: "openai" };
    const { text, head: next } = linkRow(row, stream, head);
    const header = { version: 1 as const, ...of, ...mark, stream, first: next.sequence, last: next.sequence, storedAt: "" };
    await folderStore(copy).create(batchKey(OPERATOR, stream, next.sequence), serialiseBatch(header, [text]));
    head = next;
  }
  const listed = (await machine.run(["audit", "list", "--from", copy, "--json"])).json() as Record<string, unknown>[];
  expect(listed.map(({ sequence, deviceRevoked }) => [sequence, deviceRevoked])).toEqual([
    [1, undefined],
    [2, true],
  ]);
  const { out } = await machine.run(["audit", "list", "--from", copy]);
  expect(out.match(/team-a\/pod-1 \(device revoked\)/g)).toHaveLength(1);
});

describe("what is asked for wrongly is told", () => {
  const copy = join(machine.folder, "other");
  test.each<[string, string[], number, RegExp]>([
    ["a folder that is no copy of a bucket", ["list", "--from", "/nonexistent"], 1, /no \/nonexistent\/audit: give --from the copy/],
    ["the same for a check", ["verify", "--from", "/nonexistent"], 1, /give --from the copy/],
    ["a time that is none", ["list", "--from", copy, "--since", "yesterday"], 2, /--since must be a day/],
    ["a day that is none", ["list", "--from", copy, "--since", "2026-13-45"], 2, /--since must be a day/],
    ["a kind that is none", ["list", "--from", copy, "--kind", "calls"], 2, /--kind must be one of call,/],
    ["an operator that is none", ["list", "--from", copy, "--operator", "acme"], 2, /--operator must be an omni/],
    ["a CA that is not there", ["list", "--bucket", "b", "--ca-file", "/nonexistent"], 1, /cannot be read: check --ca-file/],
    ["credentials that are not there", ["list", "--bucket", "b", "--credentials-file", "/none"], 1, /check --credentials-file/],
    ["a folder and a bucket", ["list", "--bucket", "b", "--from", copy], 2, /exclude each other/],
  ])("%s", async (_what, words, code, why) => {
    mkdirSync(join(copy, "audit"), { recursive: true });
    expect(await machine.run(["audit", ...words])).toMatchObject({ code, out: "", err: expect.stringMatching(why) });
  });
});

test("rows are listed from a time on, whatever zone it is told in", async () => {
  const copy = join(machine.folder, "zones");
  const stream = streamId(Date.UTC(2026, 10, 26), "b".repeat(32));
  const of = { operator: OPERATOR, actor: "", device: "", source: "sidecar" as const, namespace: "team-a", pod: "pod-1", podUid: "u" };
  let head = { sequence: 0, hash: GENESIS };
  for (const hour of ["10", "12"]) {
    const row = { kind: "call", time: `2026-11-26T${hour}:00:00.000Z`, namespace: "team-a", pod: "pod-1", service: "openai" };
    const { text, head: next } = linkRow(row, stream, head);
    const header = { version: 1 as const, ...of, stream, first: next.sequence, last: next.sequence, storedAt: "" };
    await folderStore(copy).create(batchKey(OPERATOR, stream, next.sequence), serialiseBatch(header, [text]));
    head = next;
  }
  const listed = async (since: string): Promise<number> =>
    ((await machine.run(["audit", "list", "--from", copy, "--since", since, "--json"])).json() as unknown[]).length;
  expect([await listed("2026-11-26"), await listed("2026-11-26T11:00:00Z"), await listed("2026-11-26T12:30:00+02:00")]).toEqual([2, 1, 1]);
});
