import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { HttpClient, HttpRequest } from "@agentkeys/common/http-client";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import type { HeldDelegation } from "../../src/enrol/index.ts";
import { followStream } from "../../src/events/stream.ts";
import { createSession } from "../../src/session/index.ts";

/** A server that takes no delegation but the one a test names. */
class ChoosyServer implements HttpClient {
  readonly opened: string[] = [];
  taken = "";

  stream(_url: string, { headers = {} }: HttpRequest = {}): ReturnType<HttpClient["stream"]> {
    const token = (headers["authorization"] ?? "").replace("DPoP ", "");
    this.opened.push(token);
    return Promise.resolve({ status: token === this.taken ? 200 : 401, body: new Readable({ read: () => undefined }) });
  }

  json(): never {
    throw new TypeError("a stream is no call");
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** An enrolment whose delegation changes when a test says so. */
class ToldEnrolment {
  readonly refusals: string[] = [];
  readonly #listeners = new Set<() => void>();
  #token = "first";

  readonly current = (): HeldDelegation => ({ token: this.#token }) as HeldDelegation;
  readonly whenEnrolled = (): Promise<void> => Promise.resolve();
  readonly refused = (token: string): void => void this.refusals.push(token);
  readonly onRenewed = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get listening(): number {
    return this.#listeners.size;
  }

  renew(token: string): void {
    this.#token = token;
    for (const listener of [...this.#listeners]) listener();
  }
}

let clock: FakeClock;
let server: ChoosyServer;
let enrolment: ToldEnrolment;
let stopping: AbortController;
let ended: Promise<void>;

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

beforeEach(() => {
  [clock, server, enrolment, stopping] = [new FakeClock(), new ChoosyServer(), new ToldEnrolment(), new AbortController()];
  const session = createSession({ clock, randomId: () => "id" });
  const deps = { name: "events", url: "https://broker/v1/events", clock, session, enrolment, random: () => 0.5 };
  ended = followStream({ ...deps, client: server, log: captureLog().log, onEvent: () => true }, stopping.signal);
});
afterEach(() => stopping.abort());

describe("a stream whose delegation is refused", () => {
  test("opens with the new one as soon as there is one, however long the back-off is", async () => {
    await turns();
    for (let attempt = 0; attempt < 6; attempt++) {
      clock.advance(10_000);
      await turns();
    }
    const before = server.opened.length;
    expect(before).toBeGreaterThan(6);
    expect(enrolment.refusals).toEqual(server.opened);
    server.taken = "second";
    enrolment.renew("second");
    await turns();
    expect(server.opened.slice(before)).toEqual(["second"]);
    expect(enrolment.listening).toBe(1);
  });

  test("waits its back-off out while there is no other, and ends with the signal", async () => {
    await turns();
    clock.advance(249);
    await turns();
    expect(server.opened).toEqual(["first"]);
    clock.advance(1);
    await turns();
    expect(server.opened).toEqual(["first", "first"]);
    stopping.abort();
    await ended;
    expect([enrolment.listening, clock.sleeping]).toEqual([0, 0]);
  });
});
