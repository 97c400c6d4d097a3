import { describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import type { KubeObject } from "../src/api/types.ts";
import { Backoff, LeaderElector, Reflector, RESOURCES, WorkQueue } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aService } from "./fakes/objects.ts";

const random = (): number => 1;
const refused = (status: number): AgentKeysError => new AgentKeysError("kube_api", { cause: { status } });

function follow(api: FakeKubeApi, clock = new FakeClock()): { reflector: Reflector; heard: string[]; stop: () => void; clock: FakeClock } {
  const heard: string[] = [];
  const stop = new AbortController();
  const onChange = (key: string, object: KubeObject | null): void => void heard.push(`${key}${object === null ? " gone" : ""}`);
  const reflector = new Reflector({ api, resource: RESOURCES.services, clock, log: captureLog().log, random, onChange });
  void reflector.run(stop.signal);
  return { reflector, heard, stop: () => stop.abort(), clock };
}

describe("a reflector", () => {
  test("lists page by page, then hears changes and deletions", async () => {
    const api = new FakeKubeApi();
    api.pageSize = 2;
    for (const name of ["a", "b", "c"]) await api.create(RESOURCES.services, aService(name));
    const { reflector, heard, stop } = follow(api);
    await until(() => reflector.isReady && heard.length === 3);
    expect(api.lists).toBe(2);
    await until(() => reflector.all().length === 3);
    await new Promise((resolve) => setImmediate(resolve));
    await api.create(RESOURCES.services, aService("d"));
    await api.remove(RESOURCES.services, { name: "a" });
    await until(() => heard.includes("a gone"));
    expect(heard).toEqual(["a", "b", "c", "d", "a gone"]);
    stop();
  });

  test("is not ready before a list succeeds and retries every fault with growing delays", async () => {
    const api = new FakeKubeApi();
    api.faults.list.push(refused(403), refused(500), new TypeError("anything"));
    const { reflector, stop, clock } = follow(api);
    for (const delayMs of [500, 1000, 2000]) {
      await until(() => clock.sleeping === 1);
      expect(reflector.isReady).toBe(false);
      clock.advance(delayMs);
    }
    await until(() => reflector.isReady);
    expect(api.lists).toBe(4);
    stop();
  });

  test("lists again after 410 and drops what vanished meanwhile", async () => {
    const api = new FakeKubeApi();
    await api.create(RESOURCES.services, aService("a"));
    const { reflector, heard, stop, clock } = follow(api);
    await until(() => reflector.isReady);
    await new Promise((resolve) => setImmediate(resolve));
    const gone = { apiVersion: "v1", kind: "Status", metadata: { name: "" }, code: 410 };
    api.emit(RESOURCES.services, { type: "ERROR", object: gone });
    await until(() => clock.sleeping === 1);
    await api.remove(RESOURCES.services, { name: "a" });
    clock.advance(30_000);
    await until(() => heard.includes("a gone"));
    expect(api.lists).toBe(2);
    stop();
  });

  test("ends with what the API server holds when every watch expires while objects come and go", async () => {
    const api = new FakeKubeApi();
    const { reflector, stop, clock } = follow(api);
    const gone = { apiVersion: "v1", kind: "Status", metadata: { name: "" }, code: 410 };
    const names = (): string[] => reflector.all().map(({ metadata }) => metadata.name);
    for (let round = 0; round < 20; round++) {
      await api.create(RESOURCES.services, aService(`s${round}`));
      if (round % 3 === 2) await api.remove(RESOURCES.services, { name: `s${round - 2}` });
      api.emit(RESOURCES.services, { type: "ERROR", object: gone });
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(30_000);
    }
    const held = (await api.list(RESOURCES.services, {})).items.map(({ metadata }) => metadata.name);
    for (let turn = 0; turn < 50; turn++) {
      clock.advance(30_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(names().sort()).toEqual(held.sort());
    stop();
  });

  test("keeps what a write of our own answered when an older event arrives", async () => {
    const api = new FakeKubeApi();
    await api.create(RESOURCES.services, aService("a"));
    const { reflector, stop } = follow(api);
    await until(() => reflector.isReady);
    await new Promise((resolve) => setImmediate(resolve));
    const known = reflector.get("a");
    if (known === undefined) throw new TypeError("not followed");
    reflector.learn({ ...known, metadata: { ...known.metadata, resourceVersion: "999", labels: { mine: "yes" } } });
    api.emit(RESOURCES.services, { type: "MODIFIED", object: known });
    await new Promise((resolve) => setImmediate(resolve));
    expect(reflector.get("a")?.metadata.labels).toEqual({ mine: "yes" });
    stop();
  });

  test("tells of a wish that the answer to a status write brought before its event", async () => {
    const api = new FakeKubeApi();
    await api.create(RESOURCES.services, aService("a"));
    const { reflector, heard, stop } = follow(api);
    await until(() => reflector.isReady);
    await new Promise((resolve) => setImmediate(resolve));
    const known = reflector.get("a");
    if (known === undefined) throw new TypeError("not followed");
    const answered = (resourceVersion: string, wish: object): KubeObject => ({
      ...known,
      metadata: { ...known.metadata, resourceVersion, ...wish },
    });
    reflector.learn(answered("900", {}));
    expect(heard).toEqual(["a"]);
    const other = answered("901", { generation: 2 });
    reflector.learn(other);
    expect(heard).toEqual(["a", "a"]);
    reflector.learn(answered("902", { generation: 2, annotations: { "agentkeys.io/resync": "1" } }));
    expect(heard).toEqual(["a", "a", "a"]);
    api.emit(RESOURCES.services, { type: "MODIFIED", object: other });
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toHaveLength(3);
    stop();
  });
});

describe("a work queue", () => {
  test("works a key once at a time and again when it changed meanwhile", async () => {
    let finish = (): void => undefined;
    const seen: string[] = [];
    const work = async (key: string): Promise<undefined> => {
      seen.push(key);
      await new Promise<void>((resolve) => (finish = resolve));
    };
    const queue = new WorkQueue({ clock: new FakeClock(), random, concurrency: 2, work, onFault: () => undefined });
    queue.add("a");
    queue.add("a");
    queue.start();
    expect(seen).toEqual(["a"]);
    queue.add("a");
    queue.add("a");
    finish();
    await until(() => seen.length === 2);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toHaveLength(2);
  });

  test("never works more keys than its bound", async () => {
    let [running, most] = [0, 0];
    const done: string[] = [];
    const work = async (key: string): Promise<undefined> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(key);
    };
    const queue = new WorkQueue({ clock: new FakeClock(), random, concurrency: 3, work, onFault: () => undefined });
    for (let key = 0; key < 20; key++) queue.add(String(key));
    queue.start();
    await until(() => done.length === 20);
    expect(most).toBe(3);
  });

  test("works every one of 5,000 keys before a key that never rests gets its third turn", async () => {
    const turns = new Map<string, number>();
    const queue: WorkQueue = new WorkQueue({
      clock: new FakeClock(),
      random,
      concurrency: 16,
      onFault: () => undefined,
      work: async (key) => {
        turns.set(key, (turns.get(key) ?? 0) + 1);
        if (key === "restless" && turns.size < 5001) queue.add(key);
        await new Promise((resolve) => setImmediate(resolve));
        return undefined;
      },
    });
    queue.add("restless");
    for (let key = 0; key < 5000; key++) queue.add(String(key));
    queue.start();
    while (turns.size < 5001) await new Promise((resolve) => setImmediate(resolve));
    expect(turns.get("restless")).toBeLessThanOrEqual(2);
  });

  test("backs off one failing key without holding up another", async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    const work = (key: string): Promise<undefined> => {
      seen.push(key);
      return key === "bad" ? Promise.reject(new TypeError("no")) : Promise.resolve(undefined);
    };
    const faults: string[] = [];
    const queue = new WorkQueue({ clock, random, concurrency: 1, work, onFault: (key) => void faults.push(key) });
    queue.add("bad");
    queue.add("good");
    queue.start();
    await until(() => seen.includes("good") && clock.sleeping === 1);
    clock.advance(500);
    await until(() => faults.length === 2 && clock.sleeping === 1);
    clock.advance(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(faults).toHaveLength(2);
    clock.advance(500);
    await until(() => faults.length === 3);
  });
});

describe("leader election", () => {
  const elector = (
    api: FakeKubeApi,
    clock: FakeClock,
    identity: string,
    leads: string[],
  ): { elector: LeaderElector; stop: AbortController } => {
    const stop = new AbortController();
    const lead = (signal: AbortSignal): Promise<void> => {
      leads.push(`${identity} leads`);
      return new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          leads.push(`${identity} stops`);
          resolve();
        }),
      );
    };
    const made = new LeaderElector({ api, clock, log: captureLog().log, namespace: "ns", name: "lease", identity, lead });
    void made.run(stop.signal);
    return { elector: made, stop };
  };
  const rounds = async (clock: FakeClock, count: number): Promise<void> => {
    for (let round = 0; round < count; round++) {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(2000);
    }
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  test("lets one lead, and another follow at once after a clean end", async () => {
    const api = new FakeKubeApi();
    const clock = new FakeClock();
    const leads: string[] = [];
    const one = elector(api, clock, "one", leads);
    await rounds(clock, 1);
    const two = elector(api, clock, "two", leads);
    await rounds(clock, 12);
    expect(leads).toEqual(["one leads"]);
    one.stop.abort();
    await rounds(clock, 2);
    expect(leads).toEqual(["one leads", "one stops", "two leads"]);
    two.stop.abort();
  });

  test("ends its own lead before the lease can be taken when the API is out of reach", async () => {
    const api = new FakeKubeApi();
    const clock = new FakeClock();
    const leads: string[] = [];
    const one = elector(api, clock, "one", leads);
    await rounds(clock, 1);
    const startedMs = clock.nowMs();
    api.get = () => Promise.reject(new AgentKeysError("kube_api"));
    while (!leads.includes("one stops")) await rounds(clock, 1);
    expect(clock.nowMs() - startedMs).toBeLessThan(15_000);
    one.stop.abort();
  });

  test("ends what still runs of a lead that failed before it leads again", async () => {
    const clock = new FakeClock();
    const signals: AbortSignal[] = [];
    const stop = new AbortController();
    const lead = (signal: AbortSignal): Promise<void> => {
      signals.push(signal);
      return signals.length < 3 ? Promise.reject(new AgentKeysError("config_invalid")) : new Promise(() => undefined);
    };
    const of = { api: new FakeKubeApi(), clock, log: captureLog().log, namespace: "ns", name: "lease", identity: "one", lead };
    void new LeaderElector(of).run(stop.signal).catch(() => undefined);
    await rounds(clock, 5);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
    stop.abort();
  });
});

test("a back-off doubles up to its most, with jitter, and starts again after a reset", () => {
  const backoff = new Backoff({ firstMs: 100, mostMs: 350, random: () => 0 });
  expect([backoff.next(), backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 100, 175, 175]);
  backoff.reset();
  expect(backoff.next()).toBe(50);
});
