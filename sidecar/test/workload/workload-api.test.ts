import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createMetrics, type Metrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import { createWorkloads, type Workloads } from "../../src/workload/index.ts";
import { certificateWith, GOOD } from "./certificates.ts";
import { FakeWorkloadApi, messageOf } from "./fake-workload-api.ts";

const ID = "spiffe://agents.test/a";
const first = messageOf(ID, certificateWith(GOOD));
const clock = (): FakeClock => new FakeClock(Math.floor(Date.now() / 1000));

describe("what the Workload API says", () => {
  let api: FakeWorkloadApi;
  let time: FakeClock;
  let metrics: Metrics;
  let workloads: Workloads;
  let stop: AbortController;
  let ended: Promise<void>;
  const updates = async (outcome: string): Promise<number> => {
    const { values } = (await metrics.registry.getSingleMetric("agentkeys_sidecar_svid_updates_total")?.get()) ?? { values: [] };
    return values.find(({ labels }) => labels["outcome"] === outcome)?.value ?? 0;
  };
  const isMissing = (): boolean => workloads.missing().length > 0;

  beforeEach(async () => {
    api = new FakeWorkloadApi(first);
    await api.start();
    time = clock();
    metrics = createMetrics("sidecar");
    stop = new AbortController();
    const policy = { current: () => null, onChange: () => () => undefined };
    const deps = { clock: time, random: () => 0.5, log: captureLog().log, metrics, policy };
    workloads = createWorkloads({ ...deps, workloadApi: api.address, host: "127.0.0.1", port: 0, names: [] });
    ended = workloads.run(stop.signal);
    await until(() => !isMissing());
  });
  afterEach(async () => {
    stop.abort();
    await ended;
    api.stop();
  });

  test("counts until it expires", () => {
    time.advance(25 * 3_600_000);
    expect(workloads.missing()).toEqual(["X.509-SVID"]);
  });

  test.each([
    ["no SVID", { ...first, svids: [] }],
    ["a key of another certificate", messageOf(ID, { ...certificateWith(GOOD), key: certificateWith(GOOD).key })],
    ["a certificate that is no SVID", messageOf(ID, certificateWith(GOOD.replace("spiffe:", "https:")))],
    ["no bundle", { ...first, svids: first.svids.map((svid) => ({ ...svid, bundle: Buffer.alloc(0) })) }],
    [
      "bytes that are no certificate",
      { ...first, svids: first.svids.map((svid) => ({ ...svid, x509_svid: Buffer.from("300130", "hex") })) },
    ],
  ])("with %s is refused, and what was said before stays in force", async (_what, message) => {
    api.say(message);
    await until(async () => (await updates("refused")) === 1);
    expect(isMissing()).toBe(false);
  });

  test("is asked for again when the stream ends", async () => {
    api.hangUp();
    await until(async () => (await updates("disconnected")) === 1);
    await until(() => time.sleeping === 1);
    time.advance(1000);
    await until(async () => (await updates("taken")) === 2);
    expect(isMissing()).toBe(false);
  });

  test("a moment of denial changes nothing, one that lasts ends the identity, and a new answer brings it back", async () => {
    api.say(null);
    let asked = 0;
    await until(async () => (await updates("denied")) > 0);
    expect(isMissing()).toBe(false);
    await until(async () => {
      if (time.sleeping === 1) {
        asked = api.calls;
        time.advance(4000);
        await until(() => api.calls > asked || isMissing());
      }
      return isMissing();
    });
    api.say(first);
    await until(() => {
      time.advance(1000);
      return !isMissing();
    });
  });
});
