import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { EventEmitter, once } from "node:events";
import { createBudgetOpener } from "@agentkeys/common/budget";
import { openDelegation, thumbprintToHex } from "@agentkeys/common/delegation";
import { createProof } from "@agentkeys/common/dpop";
import { createHttpClient, listen, type HttpAnswer, type HttpClient, type Listening } from "@agentkeys/common/http";
import { operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { generateSigningKey, thumbprint, type SigningKey } from "@agentkeys/common/jose";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import type { BindingPolicy, EnrollAnswer, PolicyUpdate } from "@agentkeys/common/wire";
import { Caches, DeviceKeys, deviceSecretName } from "../src/controllers/index.ts";
import { createEnrolApp, policyOf } from "../src/enrol/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";
import { aBinding, aService } from "./fakes/objects.ts";

const domain = { chainId: 31337, registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3" };
const publicUrl = "https://agentkeys-operator.agentkeys-system.svc:8443";
const clock = new FakeClock();
const api = new FakeKubeApi();
const stop = new AbortController();
const account = "system:serviceaccount:team-a:default";
const extra = { "authentication.kubernetes.io/pod-name": ["app-1"], "authentication.kubernetes.io/pod-uid": ["uid-1"] };
const goodReview = { authenticated: true, audiences: ["agentkeys-enroll"], user: { username: account, extra } };
const proxy = { name: "agentkeys-proxy", args: ["sidecar"], restartPolicy: "Always" };
const injectedSpec = { initContainers: [proxy], containers: [{ name: "app" }], volumes: [{ name: "agentkeys-token" }] };
let server: Listening;
let client: HttpClient;
let session: SigningKey;
let proofs = 0;
let bundle = "old authority";

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

beforeAll(async () => {
  const { log } = captureLog();
  const caches = new Caches({ api, clock, log, random: () => 1 });
  const keys = new DeviceKeys({ api, namespace: "agentkeys-system", newKey: () => Buffer.alloc(32, 9) });
  const { deviceKeyHash } = await keys.ensure(deviceSecretName("team-a", "research"), {});
  const identity = { operatorOmni: operatorOmni(`0x${"1".repeat(40)}`), actorOmni: `0x${"2".repeat(64)}`, deviceKeyHash };
  const registered = { type: "DeviceRegistered", status: "True", reason: "Registered", message: "", lastTransitionTime: "" };
  await api.create(RESOURCES.services, aService());
  await api.create(RESOURCES.bindings, { ...aBinding(), status: { ...identity, conditions: [registered] } });
  const metadata = {
    namespace: "team-a",
    name: "app-1",
    uid: "uid-1",
    labels: { "agentkeys.io/injected": "true" },
    annotations: { "agentkeys.io/binding": "research" },
  };
  await api.create(RESOURCES.pods, { apiVersion: "v1", kind: "Pod", metadata, spec: { serviceAccountName: "default", ...injectedSpec } });
  void caches.run(stop.signal);
  await settle();
  const metrics = createMetrics("operator");
  const trustBundle = (): string => bundle;
  const app = createEnrolApp({ api, caches, keys, domain, clock, log, metrics, publicUrl, trustBundle, signal: stop.signal });
  server = await listen(app, { port: 0 });
  client = createHttpClient();
  session = await generateSigningKey();
});

afterAll(async () => {
  stop.abort();
  await server.close(0);
  await client.close();
});

const proofOf = (method: string, path: string, token: string): Promise<string> =>
  createProof(session, {
    method,
    url: `${publicUrl}${path}`,
    nowSeconds: clock.nowSeconds(),
    jti: `proof-${++proofs}-x`,
    accessToken: token,
  });

async function enrol(change: { review?: object; token?: string; dpop?: string; jwk?: object } = {}): Promise<HttpAnswer> {
  api.tokenReview = { ...goodReview, ...change.review };
  const { kty, crv, x, y } = session.publicJwk;
  const token = change.token ?? "pod.token";
  const dpop = change.dpop ?? (await proofOf("POST", "/v1/enroll", token));
  const headers = { authorization: `Bearer ${token}`, dpop };
  return await client.json("POST", `${server.url}/v1/enroll`, { headers, body: { jwk: change.jwk ?? { kty, crv, x, y } } });
}

const reasonOf = ({ status, body }: HttpAnswer): string => `${status} ${(body as { reason?: string }).reason ?? ""}`;

async function withChange(
  resource: typeof RESOURCES.pods,
  name: string,
  patch: object,
  undo: object,
  check: () => Promise<void>,
): Promise<void> {
  await api.merge(resource, { namespace: "team-a", name }, patch);
  await settle();
  await check();
  await api.merge(resource, { namespace: "team-a", name }, undo);
  await settle();
}

describe("enrolment", () => {
  test("answers a delegation by the binding's device for this pod and session, and the policy", async () => {
    const answer = await enrol();
    expect(answer.status).toBe(200);
    const { delegation, binding } = answer.body as EnrollAnswer;
    const opened = openDelegation(delegation, domain, clock);
    expect(opened).toMatchObject({ namespace: "team-a", pod: "app-1", podUid: "uid-1", serviceAccount: "default", readOnly: true });
    expect(opened.services).toEqual([serviceHash("openai")]);
    expect(opened.sessionThumbprint).toBe(thumbprintToHex(thumbprint(session.publicJwk)));
    expect(opened.expiresAt - opened.issuedAt).toBe(900);
    expect(binding.policy.services[0]?.upstream).toBe("https://api.openai.com");
  });

  test.each([
    ["a token the API server refuses", { review: { authenticated: false } }, "401 unauthorized"],
    ["a token of another audience", { review: { audiences: ["api"] } }, "401 unauthorized"],
    ["a token without a pod", { review: { user: { username: account } } }, "401 unauthorized"],
    ["a user's token", { review: { user: { username: "admin", extra } } }, "401 unauthorized"],
    ["a proof that is missing", { dpop: "" }, "403 cap_pop_invalid"],
    ["a key of another kind", { jwk: { kty: "RSA", crv: "P-256", x: "x", y: "y" } }, "400 invalid_input"],
    [
      "a token of a pod that was replaced",
      { review: { user: { username: account, extra: { ...extra, "authentication.kubernetes.io/pod-uid": ["uid-0"] } } } },
      "403 enrol_refused",
    ],
    [
      "a token of another service account",
      { review: { user: { username: "system:serviceaccount:team-a:other", extra } } },
      "403 enrol_refused",
    ],
  ])("refuses %s", async (_what, change, expected) => {
    expect(reasonOf(await enrol(change))).toBe(expected);
  });

  test("refuses a proof that is used twice or by another key", async () => {
    const dpop = await proofOf("POST", "/v1/enroll", "pod.token");
    expect((await enrol({ dpop })).status).toBe(200);
    expect(reasonOf(await enrol({ dpop }))).toBe("403 cap_pop_invalid");
    const other = (await generateSigningKey()).publicJwk;
    expect(reasonOf(await enrol({ jwk: { kty: other.kty, crv: other.crv, x: other.x, y: other.y } }))).toBe("403 cap_pop_invalid");
  });

  test.each([
    ["is suspended", { spec: { suspend: true } }, { spec: { suspend: null } }],
    ["names other service accounts", { spec: { serviceAccounts: ["robot"] } }, { spec: { serviceAccounts: null } }],
    ["has no device on chain yet", { status: { conditions: [] } }, undefined],
  ])("is refused while the binding %s", async (_what, patch, undo) => {
    const known = (await api.get(RESOURCES.bindings, { namespace: "team-a", name: "research" })) as { status?: object } | null;
    await withChange(RESOURCES.bindings as typeof RESOURCES.pods, "research", patch, undo ?? { status: known?.status }, async () => {
      expect(reasonOf(await enrol())).toBe("403 enrol_refused");
    });
    expect((await enrol()).status).toBe(200);
  });

  test.each([
    ["was not injected", { labels: { "agentkeys.io/injected": null } }, { labels: { "agentkeys.io/injected": "true" } }],
    ["names no binding", { annotations: { "agentkeys.io/binding": null } }, { annotations: { "agentkeys.io/binding": "research" } }],
    [
      "names a binding that does not exist",
      { annotations: { "agentkeys.io/binding": "x" } },
      { annotations: { "agentkeys.io/binding": "research" } },
    ],
    ["is being deleted", { deletionTimestamp: "2027-01-01T00:00:00Z" }, { deletionTimestamp: null }],
  ])("is refused to a pod that %s", async (_what, patch, undo) => {
    await withChange(RESOURCES.pods, "app-1", { metadata: patch }, { metadata: undo }, async () => {
      expect(reasonOf(await enrol())).toBe("403 enrol_refused");
    });
  });
});

test("a flood of made-up tokens is sent away before the API server hears of it, and takes nobody's place for long", async () => {
  const real = api.create.bind(api);
  const signs = new EventEmitter();
  const [full, released] = [once(signs, "full"), once(signs, "released")];
  let reviews = 0;
  api.create = async (resource, ...rest) => {
    if (resource.plural === "tokenreviews" && ++reviews === 64) signs.emit("full");
    if (resource.plural === "tokenreviews") await released;
    return await real(resource, ...rest);
  };
  const waiting = Array.from({ length: 64 }, () => enrol());
  await full;
  expect(reasonOf(await enrol())).toBe("429 concurrency_limited");
  expect(reviews).toBe(64);
  signs.emit("released");
  expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([200]));
  expect((await enrol()).status).toBe(200);
  api.create = real;
});

test("a binding that was made anew enrols at every replica, also at those that remember its device of before", async () => {
  expect((await enrol()).status).toBe(200);
  const leader = new DeviceKeys({ api, namespace: "agentkeys-system", newKey: () => Buffer.alloc(32, 7) });
  await leader.remove(deviceSecretName("team-a", "research"));
  const { deviceKeyHash } = await leader.ensure(deviceSecretName("team-a", "research"), {});
  await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { status: { deviceKeyHash } });
  await settle();
  const answer = await enrol();
  expect(answer.status).toBe(200);
  expect(openDelegation((answer.body as EnrollAnswer).delegation, domain, clock).deviceKeyHash).toBe(deviceKeyHash);
});

test("a delegation names only the services the binding may use", async () => {
  const closed = { spec: { allowedNamespaces: null } };
  await withChange(
    RESOURCES.services as unknown as typeof RESOURCES.pods,
    "openai",
    closed,
    { spec: { allowedNamespaces: {} } },
    async () => {
      const { delegation, binding } = (await enrol()).body as EnrollAnswer;
      expect(openDelegation(delegation, domain, clock).services).toEqual([]);
      expect(binding.policy.services).toEqual([]);
    },
  );
  const { delegation } = (await enrol()).body as EnrollAnswer;
  expect(openDelegation(delegation, domain, clock).services).toEqual([serviceHash("openai")]);
});

describe("a daily budget", () => {
  const bindings = RESOURCES.bindings as typeof RESOURCES.pods;
  const withBudget = (dailyUsd: string): object => ({ spec: { services: [{ name: "openai", limits: { dailyUsd } }] } });
  const without = { spec: { services: [{ name: "openai" }] } };
  let issuedAt = 0;
  const versionNow = async (): Promise<string> => ((await enrol()).body as EnrollAnswer).binding.version;
  const serviceOf = async (): Promise<BindingPolicy["services"][number] | undefined> =>
    ((await enrol()).body as EnrollAnswer).binding.policy.services[0];

  test("comes with a statement by the binding's device, the same from every replica until something changes", async () => {
    await withChange(bindings, "research", withBudget("2.5"), without, async () => {
      const service = await serviceOf();
      const statement = createBudgetOpener(domain)(service?.budget ?? "");
      expect(statement).toMatchObject({ dailyNanoUsd: 2_500_000_000, serviceHash: serviceHash("openai") });
      const [generation] = (await versionNow()).split("-");
      expect(statement.issuedAt).toBe(Date.parse("2026-01-01T00:00:00Z") + Number(generation));
      issuedAt = statement.issuedAt;
      expect((await serviceOf())?.budget).toBe(service?.budget);
      clock.advance(60_000);
      expect((await serviceOf())?.budget).toBe(service?.budget);
    });
    expect((await serviceOf())?.budget).toBeUndefined();
  });

  test("of a later generation is newer", async () => {
    await withChange(bindings, "research", withBudget("9"), without, async () => {
      const later = createBudgetOpener(domain)((await serviceOf())?.budget ?? "");
      expect(later.dailyNanoUsd).toBe(9_000_000_000);
      expect(later.issuedAt).toBeGreaterThan(issuedAt);
    });
  });
});

test("a status that somebody filled with nonsense gives no policy and throws nothing", () => {
  const caches = new Caches({ api, clock, log: captureLog().log, random: () => 1 });
  const status = { operatorOmni: "0xnonsense", actorOmni: `0x${"2".repeat(64)}`, deviceKeyHash: `0x${"3".repeat(64)}` };
  expect(policyOf(caches, { ...aBinding(), status })).toBeNull();
});

describe("a pod that made itself look injected", () => {
  const audience = { serviceAccountToken: { path: "t", audience: "agentkeys-enroll" } };
  test.each([
    ["opted out of injection", { metadata: { annotations: { "agentkeys.io/inject": "false" } } }],
    ["has no proxy", { spec: { initContainers: [] } }],
    ["has its own program as proxy", { spec: { initContainers: [{ ...proxy, command: ["node"] }] } }],
    ["runs a hook in the proxy", { spec: { initContainers: [{ ...proxy, lifecycle: {} }] } }],
    ["holds such a token of its own", { spec: { volumes: [{ name: "mine", projected: { sources: [audience] } }] } }],
    ["mounts the proxy's token", { spec: { containers: [{ name: "app", volumeMounts: [{ name: "agentkeys-token" }] }] } }],
    ["mounts the proxy's state", { spec: { containers: [{ name: "app", volumeMounts: [{ name: "agentkeys-state" }] }] } }],
    ["mounts it in a debugger", { spec: { ephemeralContainers: [{ name: "x", volumeMounts: [{ name: "agentkeys-token" }] }] } }],
  ])("is refused when it %s", async (_what, patch) => {
    const undo = { metadata: { annotations: { "agentkeys.io/inject": null } }, spec: { ...injectedSpec, ephemeralContainers: null } };
    await withChange(RESOURCES.pods, "app-1", patch, undo, async () => {
      expect(reasonOf(await enrol())).toBe("403 enrol_refused");
    });
    expect((await enrol()).status).toBe(200);
  });
});

describe("the policy stream", () => {
  test("tells the policy at once, again when it changed, and suspension within a moment", async () => {
    const { delegation } = (await enrol()).body as EnrollAnswer;
    const headers = { authorization: `DPoP ${delegation}`, dpop: await proofOf("GET", "/v1/policy", delegation) };
    const leave = new AbortController();
    const { status, body } = await client.stream(`${server.url}/v1/policy`, { headers, signal: leave.signal });
    expect(status).toBe(200);
    const policies: BindingPolicy[] = [];
    const reading = (async () => {
      let text = "";
      for await (const chunk of body as AsyncIterable<Buffer>) {
        text += chunk.toString("utf8");
        const frames = text.split("\n\n");
        text = frames.pop() ?? "";
        for (const frame of frames) {
          const data = /^event: binding\ndata: (.*)$/.exec(frame)?.[1];
          if (data !== undefined) policies.push((JSON.parse(data) as { policy: BindingPolicy }).policy);
        }
        if (policies.length === 3) return;
      }
    })();
    await until(() => policies.length === 1);
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { metadata: { labels: { no: "change" } } });
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { suspend: true } });
    await until(() => policies.length === 2);
    const limits = { dailyUsd: "1" };
    await api.merge(
      RESOURCES.bindings,
      { namespace: "team-a", name: "research" },
      { spec: { suspend: null, services: [{ name: "openai", limits }] } },
    );
    await reading;
    expect(policies[2]?.services[0]?.budget).toMatch(/^[\w-]{100,}$/);
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { services: [{ name: "openai" }] } });
    expect(policies.map(({ suspended }) => suspended)).toEqual([false, true, false]);
    leave.abort();
  });

  test("tells a changed trust bundle at the next heartbeat, so that a rotated authority reaches old pods", async () => {
    const { delegation, binding } = (await enrol()).body as EnrollAnswer;
    expect(binding.trustBundle).toBe("old authority");
    const headers = { authorization: `DPoP ${delegation}`, dpop: await proofOf("GET", "/v1/policy", delegation) };
    const leave = new AbortController();
    const { body } = await client.stream(`${server.url}/v1/policy`, { headers, signal: leave.signal });
    const bundles: unknown[] = [];
    for await (const chunk of body as AsyncIterable<Buffer>) {
      for (const [, data = ""] of chunk.toString("utf8").matchAll(/^event: binding\ndata: (.*)$/gm))
        bundles.push((JSON.parse(data) as PolicyUpdate).trustBundle);
      bundle = "old authority, new authority";
      if (bundles.length === 2) break;
      clock.advance(15_000);
    }
    expect(bundles).toEqual(["old authority", "old authority, new authority"]);
    leave.abort();
    bundle = "old authority";
  });

  test("is refused without a delegation or with another session key", async () => {
    const { delegation } = (await enrol()).body as EnrollAnswer;
    const without = await client.json("GET", `${server.url}/v1/policy`);
    expect(reasonOf(without)).toBe("401 unauthorized");
    session = await generateSigningKey();
    const headers = { authorization: `DPoP ${delegation}`, dpop: await proofOf("GET", "/v1/policy", delegation) };
    expect(reasonOf(await client.json("GET", `${server.url}/v1/policy`, { headers }))).toBe("403 cap_pop_invalid");
  });
});
