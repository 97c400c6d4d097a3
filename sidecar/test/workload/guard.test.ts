import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { connect, type TLSSocket } from "node:tls";
import { createMetrics, type Metrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import { compilePolicy, type CompiledPolicy } from "../../src/policy/index.ts";
import { FAILURES_PER_MINUTE } from "../../src/quota/index.ts";
import { createWorkloads, type Workloads } from "../../src/workload/index.ts";
import { policyOf, service, startBench, type Bench } from "../proxy/bench.ts";
import { certificateWith, createAuthority, GOOD } from "./certificates.ts";
import { FakeWorkloadApi, messageOf } from "./fake-workload-api.ts";
import { MtlsClient } from "./https-client.ts";

const ID = "spiffe://agents.test/a";
const DAY_MS = 86_400_000;
const issuer = createAuthority();
const own = certificateWith(GOOD, { days: 3, issuer });
const caller = certificateWith(GOOD, { issuer });
/** Authority of a trust domain that ours federates with, and two of its certificates: one that it may give, one that it may not. */
const friend = createAuthority();
const FRIEND_ID = "spiffe://friend.test/a";
const friendly = certificateWith(GOOD.replace(ID, FRIEND_ID), { issuer: friend });
const usurped = certificateWith(GOOD, { issuer: friend });
const svid = { ...caller, ca: issuer.cert };
/** No method is allowed: what is looked at here comes before. */
const policy: CompiledPolicy = compilePolicy(policyOf([service({ methods: [], callers: [{ spiffeId: ID }, { spiffeId: FRIEND_ID }] })]));
const PASSED = [403, "route_refused"];

describe("a connection of a workload", () => {
  let api: FakeWorkloadApi;
  let clock: FakeClock;
  let metrics: Metrics;
  let workloads: Workloads;
  let bench: Bench;
  let stop: AbortController;
  let clients: MtlsClient[];
  const open = (of: typeof svid | null = svid): MtlsClient => {
    const client = new MtlsClient(workloads.entrance.port(), of, issuer.cert);
    clients.push(client);
    return client;
  };
  const ask = async (client: MtlsClient): Promise<(number | string | undefined)[]> => {
    const { status, reason } = await client.ask("/openai/elsewhere");
    return [status, reason];
  };

  beforeEach(async () => {
    clock = new FakeClock(Math.ceil(Date.now() / 1000) + 1);
    metrics = createMetrics("sidecar");
    stop = new AbortController();
    clients = [];
    api = new FakeWorkloadApi(messageOf(ID, own, issuer.cert, { "friend.test": friend.cert }));
    await api.start();
    const source = { current: () => policy, onChange: () => () => undefined };
    const deps = { clock, random: () => 0.5, log: captureLog().log, metrics, policy: source };
    workloads = createWorkloads({ ...deps, workloadApi: api.address, host: "127.0.0.1", port: 0, names: [] });
    bench = await startBench(null, { clock, deps: { policy: source, entrances: [workloads.entrance] } });
    void workloads.run(stop.signal);
    await until(() => workloads.missing().length === 0);
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    stop.abort();
    await bench.proxy.close(0);
    api.stop();
  });

  test("that was kept open is refused once the SVID it began with has expired", async () => {
    const client = open();
    const first = await client.ask("/openai/elsewhere");
    clock.advance(DAY_MS);
    const second = await client.ask("/openai/elsewhere");
    expect([second.status, second.reason, second.isClosing]).toEqual([403, "svid_expired", true]);
    expect(second.connection).toBe(first.connection);
  });

  test("gets no second request in the last part of the SVID's life, so that the client comes back with its next one", async () => {
    const client = open();
    expect((await client.ask("/openai/elsewhere")).isClosing).toBe(false);
    clock.advance(DAY_MS - 299_000);
    expect(await client.ask("/openai/elsewhere")).toMatchObject({ status: 403, reason: "route_refused", isClosing: true });
  });

  test("is not taken up again by a session ticket, which would skip the check of the certificate", async () => {
    const port = workloads.entrance.port();
    const handshake = (session?: Buffer): Promise<{ socket: TLSSocket; session: Buffer | undefined }> =>
      new Promise((resolve, reject) => {
        const socket = connect({
          port,
          host: "127.0.0.1",
          ...caller,
          ca: issuer.cert,
          checkServerIdentity: () => undefined,
          ...(session === undefined ? {} : { session }),
        });
        socket.on("error", reject).on("secureConnect", () => {
          socket.write(`GET /openai/elsewhere HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
          socket.once("data", () => resolve({ socket, session: socket.getSession() }));
        });
      });
    const first = await handshake();
    const second = await handshake(first.session);
    expect(second.socket.isSessionReused()).toBe(false);
    for (const { socket } of [first, second]) socket.destroy();
  });

  test("of a federated trust domain is heard, and that domain's authority vouches for no workload of ours", async () => {
    expect(await ask(open({ ...friendly, ca: issuer.cert }))).toEqual(PASSED);
    expect(await ask(open({ ...usurped, ca: issuer.cert }))).toEqual([403, "trust_domain_refused"]);
    api.say(messageOf(ID, own, issuer.cert));
    const client = open({ ...friendly, ca: issuer.cert });
    await until(async () => (await ask(client))[1] === "trust_domain_refused");
  });

  test("with no certificate is told why only so often in a minute; a good one is heard all the same", async () => {
    for (let count = 0; count < FAILURES_PER_MINUTE; count++) expect(await ask(open(null))).toEqual([401, "svid_missing"]);
    await expect(ask(open(null))).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(await ask(open())).toEqual(PASSED);
    expect(await metrics.registry.metrics()).toContain(
      `agentkeys_sidecar_mtls_connections_total{outcome="svid_missing"} ${FAILURES_PER_MINUTE + 1}`,
    );
  });
});
