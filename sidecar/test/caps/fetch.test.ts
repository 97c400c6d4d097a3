import { expect, test } from "@jest/globals";
import type { HttpClient } from "@agentkeys/common/http-client";
import { fetchCredential, type FetchDeps } from "../../src/caps/fetch.ts";

const hash = `0x${"a".repeat(64)}` as const;

/** Broker and worker that answer in turn. */
function services(workerSays: readonly { status: number; body: unknown }[]): { deps: FetchDeps; calls: string[] } {
  const calls: string[] = [];
  const left = [...workerSays];
  const client: HttpClient = {
    json: (_method, url) => {
      calls.push(new URL(url).pathname);
      const isBroker = url.startsWith("https://broker.test");
      const answer = isBroker ? { status: 200, body: { cap: `cap.n${calls.length}.sig` } } : (left.shift() ?? { status: 500, body: null });
      return Promise.resolve({ headers: {}, ...answer });
    },
    stream: () => Promise.reject(new TypeError("no stream is opened")),
    close: () => Promise.resolve(),
  };
  const message = { operatorOmni: hash, actorOmni: hash, deviceKeyHash: hash };
  const deps = {
    client,
    session: { proof: () => "proof", open: () => ({ service: "openai", credential: "sk", version: "v", expires_at: 9 }) },
    enrolment: { current: () => ({ token: "delegation", message }) },
    brokerUrl: "https://broker.test",
    workerUrl: "https://worker.test",
  } as unknown as FetchDeps;
  return { deps, calls };
}

const overtaken = { status: 403, body: { reason: "k3_epoch_mismatch" } };
const sealed = { status: 200, body: { sealed: "jwe" } };
const ROUND = ["/v1/cap/cred-fetch", "/credential/fetch"];

test("a cap that a new key epoch overtook is minted once more, and the call does not fail", async () => {
  const { deps, calls } = services([overtaken, sealed]);
  expect((await fetchCredential("openai", deps)).secret.reveal()).toBe("sk");
  expect(calls).toEqual([...ROUND, ...ROUND]);
});

test("twice overtaken, or any other refusal, is the caller's to hear", async () => {
  const twice = services([overtaken, overtaken, sealed]);
  await expect(fetchCredential("openai", twice.deps)).rejects.toMatchObject({ code: "k3_epoch_mismatch" });
  expect(twice.calls).toHaveLength(4);
  const revoked = services([{ status: 403, body: { reason: "device_inactive" } }, sealed]);
  await expect(fetchCredential("openai", revoked.deps)).rejects.toMatchObject({ code: "device_inactive" });
  expect(revoked.calls).toEqual(ROUND);
});
