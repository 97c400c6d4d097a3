import { beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { Credentials } from "../../src/caps/index.ts";

let clock: FakeClock;
let asked: string[];
let hold: Promise<void>;
let isBrokerLive: boolean;
let lifeSeconds: number;
let version: string;
let made: Secret[];
let credentials: Credentials;

beforeEach(() => {
  clock = new FakeClock();
  asked = [];
  made = [];
  hold = Promise.resolve();
  isBrokerLive = true;
  lifeSeconds = 300;
  version = "v1";
  credentials = new Credentials({
    clock,
    log: captureLog().log,
    metrics: createMetrics("sidecar"),
    isBrokerLive: () => isBrokerLive,
    fetch: async (service) => {
      asked.push(service);
      await hold;
      const secret = Secret.of(`key of ${service}`);
      made.push(secret);
      return { secret, version, expiresAt: clock.nowSeconds() + lifeSeconds };
    },
  });
});

const gate = (): { open: () => void; hold: Promise<void> } => {
  let open = (): void => undefined;
  return { hold: new Promise((resolve) => (open = resolve)), open: () => open() };
};

describe("credentials in memory", () => {
  test("R8: fifty misses at once are one fetch", async () => {
    const got = await Promise.all(Array.from({ length: 50 }, () => credentials.get("openai")));
    expect(asked).toEqual(["openai"]);
    expect(new Set(got).size).toBe(1);
  });

  test("live 300 s at most, whatever the worker says, and less when it says so", async () => {
    lifeSeconds = 86_400;
    expect((await credentials.get("a")).expiresAtMs).toBe(clock.nowMs() + 300_000);
    lifeSeconds = 60;
    await credentials.get("b");
    clock.advance(60_000);
    await Promise.all([credentials.get("a"), credentials.get("b")]);
    expect(asked).toEqual(["a", "b", "b"]);
  });

  test("R3: one that has ended is refused and wiped, and the next call asks again", async () => {
    lifeSeconds = 0;
    await expect(credentials.get("a")).rejects.toMatchObject({ code: "cap_freshness_failed" });
    expect(made[0]?.reveal()).toBe("");
    lifeSeconds = 300;
    expect((await credentials.get("a")).secret.reveal()).toBe("key of a");
  });

  test("a clock that is set back to before the fetch ends them", async () => {
    await credentials.get("a");
    clock.advance(-3_600_000);
    await credentials.get("a");
    expect(asked).toEqual(["a", "a"]);
  });

  test("R1, R2: nothing is fetched while the broker is silent, what is held is served", async () => {
    await credentials.get("a");
    isBrokerLive = false;
    expect((await credentials.get("a")).secret.reveal()).toBe("key of a");
    await expect(credentials.get("b")).rejects.toMatchObject({ code: "broker_silent" });
    expect(asked).toEqual(["a"]);
  });

  test("the 257th pushes out the one that was not used for longest, and wipes it", async () => {
    for (let index = 0; index < 256; index++) await credentials.get(`s${index}`);
    await credentials.get("s0");
    await credentials.get("one-more");
    expect(made[1]?.reveal()).toBe("");
    await credentials.get("s0");
    expect(asked).toHaveLength(257);
  });

  test("a purge wipes, and a fetch under way is thrown away; the next call begins a new one", async () => {
    const held = await credentials.get("a");
    const first = gate();
    hold = first.hold;
    const waiting = credentials.get("b");
    await Promise.resolve();
    credentials.purge("all");
    hold = Promise.resolve();
    const next = credentials.get("b");
    first.open();
    await expect(waiting).rejects.toMatchObject({ code: "revoked" });
    expect((await next).secret.reveal()).toBe("key of b");
    expect(held.secret.reveal()).toBe("");
    expect(asked).toEqual(["a", "b", "b"]);
  });

  test("a purge of another service does not disturb a fetch under way", async () => {
    const { hold: held, open } = gate();
    hold = held;
    const waiting = credentials.get("b");
    await Promise.resolve();
    credentials.purge(["a"]);
    open();
    expect((await waiting).secret.reveal()).toBe("key of b");
  });

  test("R7: a refused value is fetched again, unless it is new already or was fetched a moment ago", async () => {
    const stale = await credentials.get("a");
    expect(await credentials.refetch("a", "v1")).toBe(stale);
    clock.advance(5000);
    version = "v2";
    expect((await credentials.refetch("a", "v1")).version).toBe("v2");
    clock.advance(5000);
    expect((await credentials.refetch("a", "v1")).version).toBe("v2");
    expect(asked).toEqual(["a", "a"]);
  });

  test("a failed refetch leaves what is held", async () => {
    const kept = await credentials.get("a");
    clock.advance(5000);
    hold = Promise.reject(new AgentKeysError("no_such_credential"));
    await expect(credentials.refetch("a", "v1")).rejects.toMatchObject({ code: "no_such_credential" });
    expect(await credentials.get("a")).toBe(kept);
  });
});
