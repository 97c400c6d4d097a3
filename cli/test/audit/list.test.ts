import { afterAll, expect, test } from "@jest/globals";
import { batchKey, GENESIS, linkRow, serialiseBatch, streamId } from "@agentkeys/common/audit-rows";
import { folderStore } from "@agentkeys/common/audit-store";
import { rmSync } from "node:fs";
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
