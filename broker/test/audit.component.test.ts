import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { batchKey, GENESIS, linkRow, parseBatch, streamId } from "@agentkeys/common/audit-rows";
import { folderStore } from "@agentkeys/common/audit-store";
import { bareHex } from "@agentkeys/common/identity";
import type { HttpAnswer } from "@agentkeys/common/http";
import { createTestSession, FakeChain, type TestSession } from "@agentkeys/common/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWorld, PUBLIC_URL, runBroker, type RunningBroker, type World } from "./running-broker.ts";

const PATH = "/v1/audit/append";
let folder = "";
let world: World;
let replicas: RunningBroker[];
let streams = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "agentkeys-audit-"));
  world = await createWorld();
  replicas = [await runBroker(world, undefined, folderStore(folder)), await runBroker(world, undefined, folderStore(folder))];
});
afterAll(async () => {
  for (const replica of replicas) await replica.stop();
  rmSync(folder, { recursive: true });
});

/** A stream of the session's pod that grows batch by batch. */
function openStream(session = world.a, of: Record<string, unknown> = {}) {
  const stream = streamId(world.clock.nowMs(), (streams += 1).toString(16).padStart(32, "0"));
  let head = { sequence: 0, hash: GENESIS };
  let previousFirst: number | null = null;
  return {
    stream,
    batch: async (count: number) => {
      const { namespace, pod } = await delegationOf(session);
      const first = head.sequence + 1;
      const rows = Array.from({ length: count }, () => {
        const linked = linkRow({ kind: "call", namespace, pod, ...of }, stream, head);
        ({ head } = linked);
        return linked.text;
      });
      const batch = { stream, previousFirst, rows };
      previousFirst = first;
      return batch;
    },
  };
}

async function delegationOf(session: TestSession): Promise<{ namespace: string; pod: string }> {
  const { message } = JSON.parse(Buffer.from(await session.delegation(), "base64url").toString()) as {
    message: { namespace: string; pod: string };
  };
  return { namespace: message.namespace, pod: message.pod };
}

interface Batch {
  stream: string;
  previousFirst: number | null;
  rows: string[];
}

async function append({ rows, ...head }: Batch, { session = world.a, replica = 0 } = {}): Promise<HttpAnswer> {
  const token = await session.delegation();
  const dpop = await session.proof("POST", `${PUBLIC_URL}${PATH}`, token);
  const lines = [JSON.stringify(head), ...rows].join("\n");
  const broker = replicas[replica];
  if (broker === undefined) throw new TypeError("no such replica");
  return broker.client.json("POST", `${broker.url}${PATH}`, { lines, headers: { authorization: `DPoP ${token}`, dpop } });
}

const reasonOf = ({ status, body }: HttpAnswer): string => `${status} ${String((body as { reason?: unknown }).reason)}`;

describe("rows of a sidecar", () => {
  test("are stored before they are acknowledged, with who sent them above", async () => {
    const { stream, batch } = openStream();
    const first = await batch(3);
    expect((await append(first)).body).toMatchObject({ stream, last: 3 });
    const stored = await folderStore(folder).get(batchKey(bareHex(world.a.operatorOmni), stream, 1));
    const { header, rows } = parseBatch(stored ?? "");
    expect(rows.map(({ text }) => text)).toEqual(first.rows);
    expect(header).toMatchObject({
      source: "sidecar",
      actor: bareHex(world.a.actorOmni),
      first: 1,
      last: 3,
      ...(await delegationOf(world.a)),
    });
    expect(await append(await batch(2))).toMatchObject({ status: 200, body: { last: 5 } });
  });

  test("sent again, to whatever replica, are there once", async () => {
    const { batch } = openStream();
    const batches = [await batch(2), await batch(2)];
    for (const replica of [0, 1, 0]) for (const sent of batches) expect((await append(sent, { replica })).status).toBe(200);
    expect((await append(await batch(1), { replica: 1 })).status).toBe(200);
  });

  test("that do not continue what is stored are a conflict", async () => {
    const { batch, stream } = openStream();
    const [first, second, third] = [await batch(2), await batch(2), await batch(2)];
    await append(first);
    const conflict = "409 audit_conflict";
    expect(reasonOf(await append(third))).toBe(conflict);
    expect(reasonOf(await append({ ...second, previousFirst: null }))).toBe(conflict);
    expect(reasonOf(await append({ ...second, rows: second.rows.toReversed() }))).toBe(conflict);
    expect(reasonOf(await append({ ...second, rows: second.rows.slice(1) }))).toBe(conflict);
    const forged = linkRow({ kind: "call", ...(await delegationOf(world.a)), note: "other" }, stream, { sequence: 0, hash: GENESIS });
    expect(reasonOf(await append({ stream, previousFirst: null, rows: [forged.text] }))).toBe(conflict);
    expect((await append(second)).status).toBe(200);
  });

  test("of another pod are refused, and so is its stream to a sibling", async () => {
    const { batch } = openStream(world.a, { pod: "somebody-else" });
    expect(reasonOf(await append(await batch(1)))).toBe("400 invalid_input");
    const own = openStream();
    await append(await own.batch(1));
    const second = await own.batch(1);
    expect(["400 invalid_input", "409 audit_conflict"]).toContain(reasonOf(await append(second, { session: world.sibling })));
  });

  test("that are no rows are refused by their shape", async () => {
    const { batch, stream } = openStream();
    const good = await batch(1);
    for (const rows of [[], ["{}"], ["nonsense"], [JSON.stringify({ stream, sequence: 1, previousHash: GENESIS, body: { a: 1 } })]])
      expect(reasonOf(await append({ ...good, rows }))).toBe("400 invalid_input");
    expect(reasonOf(await append({ ...good, stream: "../../etc" }))).toBe("400 invalid_input");
    expect(reasonOf(await append({ ...good, rows: [`{"a":"${"x".repeat(600_000)}"}`] }))).toBe("413 payload_too_large");
  });

  test("of a device that the chain does not know, or of nobody, are refused", async () => {
    const { batch } = openStream();
    const sent = await batch(1);
    const { clock } = world;
    const session = await createTestSession({ chain: new FakeChain(), clock, agent: "a", services: ["openai"], deviceByte: 9 });
    expect(reasonOf(await append(sent, { session }))).toBe("403 device_not_active");
    const [broker] = replicas;
    const answer = await broker?.client.json("POST", `${broker.url}${PATH}`, { lines: "{}" });
    expect(answer?.status).toBe(401);
  });
});

test("a worker's rows need the worker's certificate", async () => {
  const [broker] = replicas;
  const answer = await broker?.client.json("POST", `${broker.url}/v1/audit/append-worker`, { lines: "{}" });
  expect(answer?.status).toBe(401);
});
