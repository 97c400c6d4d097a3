import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpAnswer, HttpClient } from "@agentkeys/common/http-client";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { Enrolment, enrolWithOperator } from "../../src/enrol/index.ts";
import { createSession } from "../../src/session/index.ts";

/** A clock that keeps how long it was asked to sleep. */
class WatchedClock extends FakeClock {
  waits: number[] = [];

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.waits.push(ms);
    return super.sleep(ms, signal);
  }
}

/** An operator that answers nothing but what a test says. */
class SilentOperator implements HttpClient {
  calls: string[] = [];
  answer: HttpAnswer | null = null;

  json(_method: string, url: string): Promise<HttpAnswer> {
    this.calls.push(url);
    return this.answer === null ? Promise.reject(new AgentKeysError("upstream_unreachable")) : Promise.resolve(this.answer);
  }

  stream(): never {
    throw new TypeError("enrolment opens no stream");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

let clock: WatchedClock;
let operator: SilentOperator;
let log: ReturnType<typeof captureLog>;
let random: number;
let readToken: () => string;
let stopping: AbortController;
let enrolment: Enrolment;

beforeEach(() => {
  [clock, operator, log, random, stopping] = [new WatchedClock(), new SilentOperator(), captureLog(), 0.5, new AbortController()];
  readToken = () => "projected";
  const session = createSession({ clock, randomId: () => "id" });
  const pod = { name: "pod-1", namespace: "team-a" };
  const operatorDeps = { client: operator, clock, session, operatorUrl: "https://operator", pod, readToken: () => readToken() };
  enrolment = new Enrolment({
    clock,
    log: log.log,
    enrol: () => enrolWithOperator(operatorDeps),
    onPolicy: () => undefined,
    random: () => random,
  });
});
afterEach(() => stopping.abort());

/** Resolves when the next wait has begun. */
async function nextWait(count: number): Promise<void> {
  for (let turn = 0; clock.waits.length < count && turn < 1000; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(clock.waits).toHaveLength(count);
}

async function waitsAfter(failures: number): Promise<number[]> {
  void enrolment.run(stopping.signal);
  for (let count = 1; count <= failures; count += 1) {
    await nextWait(count);
    clock.advance(clock.waits.at(-1) ?? 0);
  }
  return clock.waits.slice(0, failures);
}

describe("an operator that does not answer", () => {
  test("is asked ever more seldom, at least each 15 s", async () => {
    expect(await waitsAfter(8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    expect(new Set(operator.calls)).toEqual(new Set(["https://operator/v1/enroll"]));
  });

  test.each([
    [0, [250, 500, 1000]],
    [0.999, [749.5, 1499, 2998]],
  ])("is asked by no two pods at once: jitter of a half to one and a half (random %d)", async (value, expected) => {
    random = value;
    expect(await waitsAfter(3)).toEqual(expected);
  });

  test("ends with the signal, without another question", async () => {
    const running = enrolment.run(stopping.signal);
    await nextWait(1);
    stopping.abort();
    await running;
    expect(operator.calls).toHaveLength(1);
  });
});

describe("what keeps a sidecar from enrolling", () => {
  test("a token that cannot be read is named, and read again", async () => {
    readToken = () => {
      throw new TypeError("ENOENT");
    };
    await waitsAfter(1);
    expect(() => enrolment.current()).toThrow("check the pod's token volume");
    expect(operator.calls).toHaveLength(0);
    readToken = () => "projected";
    await nextWait(2);
    expect(operator.calls).toHaveLength(1);
  });

  test.each([null, "text", [], { delegation: 1 }, { delegation: "x".repeat(40_000), binding: {} }])(
    "an answer like %j is refused whole",
    async (body) => {
      operator.answer = { status: 200, headers: {}, body };
      await waitsAfter(1);
      expect(() => enrolment.current()).toThrow("The operator's answer to the enrolment was refused");
      expect(enrolment.isEnrolled).toBe(false);
    },
  );
});
