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

describe("rows of a device that was revoked", () => {
  const revoked = "403 device_revoked";
  /** An agent's session with a stream whose first batch is stored; what comes now is of a revoked device. */
  async function revokedSession(agent: string, deviceByte: number) {
    const { chain, clock } = world;
    const session = await createTestSession({ chain, clock, agent, services: ["openai"], deviceByte });
    const { batch, stream } = openStream(session);
    const first = await batch(2);
    expect((await append(first, { session })).status).toBe(200);
    chain.revokeDevice(session.deviceKeyHash);
    clock.advance(61_000);
    return { session, batch, stream, first };
  }

  test("are taken where they finish a stream, and are marked; it begins no other", async () => {
    const { session, batch, stream, first } = await revokedSession("c", 3);
    const ask = { session, replica: 1 };
    expect((await append(await batch(3), ask)).body).toMatchObject({ stream, last: 5 });
    expect((await append(await batch(1), ask)).status).toBe(200);
    const headers = [1, 3, 6].map(async (from) => {
      const text = await folderStore(folder).get(batchKey(bareHex(session.operatorOmni), stream, from));
      return parseBatch(text ?? "").header.isRevoked;
    });
    expect(await Promise.all(headers)).toEqual([undefined, true, true]);
    // An acknowledgement that was lost is given again.
    expect((await append(first, ask)).status).toBe(200);
    expect(reasonOf(await append(await openStream(session).batch(1), ask))).toBe(revoked);
  });

  test("are refused two days after the stream began, and to the stream of a device that came after it", async () => {
    const { session, batch } = await revokedSession("d", 4);
    world.clock.advance(86_400_000);
    expect((await append(await batch(1), { session })).status).toBe(200);
    world.clock.advance(86_400_000);
    expect(reasonOf(await append(await batch(1), { session }))).toBe(revoked);

    const { chain, clock } = world;
    const [old, next] = [await revokedSession("e", 5), await createTestSession({ chain, clock, agent: "e", services: [], deviceByte: 6 })];
    expect((await append(await old.batch(1), { session: next })).status).toBe(200);
    expect(reasonOf(await append(await old.batch(1), { session: old.session }))).toBe(revoked);
  });

  test("are all it may still do", async () => {
    const { session } = await revokedSession("f", 7);
    const [broker] = replicas;
    expect((await broker?.ask({ session }))?.body).toMatchObject({ reason: "device_revoked" });
  });
});

test("a stream that was opened two weeks ago grows no more; what it has is acknowledged", async () => {
  const { batch } = openStream();
  const [first, second, unsent] = [await batch(2), await batch(2), await openStream().batch(1)];
  await append(first);
  world.clock.advance(15 * 86_400_000);
  expect((await append(first)).status).toBe(200);
  for (const late of [second, unsent]) expect(reasonOf(await append(late))).toBe("409 audit_conflict");
});

test("a worker's rows need the worker's certificate", async () => {
  const [broker] = replicas;
  const answer = await broker?.client.json("POST", `${broker.url}/v1/audit/append-worker`, { lines: "{}" });
  expect(answer?.status).toBe(401);
});
