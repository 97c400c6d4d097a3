import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient, listen, type HttpAnswer, type HttpClient, type Listening } from "@agentkeys/common/http";
import { createMetrics } from "@agentkeys/common/metrics";
import { captureLog, FakeClock } from "@agentkeys/common/testing";
import { RESOURCES } from "../../src/kube/index.ts";
import type { RawPod } from "../../src/proxy/index.ts";
import { liveLookup, ReviewCaches } from "../../src/webhook/lookup.ts";
import type { AdmissionResponse } from "../../src/webhook/review.ts";
import { createWebhookApp } from "../../src/webhook/server.ts";
import type { PatchOperation } from "../../src/webhook/types.ts";
import { FakeKubeApi } from "../fakes/kube-api.ts";
import { aBinding, aService } from "../fakes/objects.ts";
import { applyPatch } from "./apply-patch.ts";
import { PLACEHOLDER, readFixture, SETTINGS } from "./goldens.ts";

let api: FakeKubeApi;
let gets: string[];
let clock: FakeClock;
let caches: ReviewCaches;
let server: Listening | undefined;
let client: HttpClient;
let stop: AbortController | undefined;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** The webhook's own API access is counted and can hang; writes of a test go past it. */
function watched(fake: FakeKubeApi): FakeKubeApi {
  return new Proxy(fake, {
    get: (target, name) => {
      if (name === "get") return (...args: Parameters<FakeKubeApi["get"]>) => (gets.push(args[1].name), target.get(...args));
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === "function" ? (member as (...args: unknown[]) => unknown).bind(target) : member;
    },
  });
}

beforeAll(() => {
  client = createHttpClient();
});
afterAll(async () => await client.close());

beforeEach(async () => {
  await server?.close(0);
  stop?.abort();
  const control = new AbortController();
  stop = control;
  gets = [];
  api = new FakeKubeApi();
  clock = new FakeClock();
  const { log } = captureLog();
  for (const name of ["openai", "openrouter"]) await api.create(RESOURCES.services, aService(name, { preset: name }));
  await api.create(RESOURCES.bindings, aBinding());
  await namespace("team-a", {});
  caches = new ReviewCaches({ api, clock, log, random: () => 1 });
  void caches.run(control.signal);
  await settle();
  const app = createWebhookApp({
    log,
    clock,
    metrics: createMetrics("webhook"),
    cached: () => caches.lookup(),
    live: liveLookup(watched(api)),
    settings: () => SETTINGS,
    newPlaceholder: () => PLACEHOLDER,
  });
  server = await listen(app, { port: 0 });
});
afterAll(async () => {
  stop?.abort();
  await server?.close(0);
});

const urlOf = (path: string): string => `${server?.url ?? ""}${path}`;

async function namespace(name: string, labels: Record<string, string>): Promise<void> {
  await api.create(RESOURCES.namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

function aPod(annotations: Record<string, string> = { "agentkeys.io/binding": "research" }, labels: Record<string, string> = {}): RawPod {
  return { metadata: { name: "app", annotations, labels }, spec: { containers: [{ name: "app", image: "app:1" }] } };
}

const post = (body: object, path = "/mutate-pods"): Promise<HttpAnswer> => client.json("POST", urlOf(path), { body });

async function review(object: unknown, change: object = {}): Promise<AdmissionResponse> {
  const request = {
    uid: "u-1",
    kind: { group: "", version: "v1", kind: "Pod" },
    operation: "CREATE",
    namespace: "team-a",
    object,
    ...change,
  };
  const { status, body } = await post({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
  expect(status).toBe(200);
  return (body as { response: AdmissionResponse }).response;
}

const patchOf = ({ patch = "" }: AdmissionResponse): PatchOperation[] =>
  patch === "" ? [] : (JSON.parse(Buffer.from(patch, "base64").toString("utf8")) as PatchOperation[]);

const isInjected = (response: AdmissionResponse): boolean => patchOf(response).some(({ path }) => path.startsWith("/spec/initContainers"));

describe("a review's form (case 10)", () => {
  test("is answered with the request's uid and a patch that applies", async () => {
    const response = await review(aPod(), { uid: "8a1f-uid" });
    expect(response).toMatchObject({ uid: "8a1f-uid", allowed: true, patchType: "JSONPatch" });
    const after = applyPatch(aPod(), patchOf(response)) as RawPod;
    expect(after.spec.initContainers?.map(({ name }) => name)).toEqual(["agentkeys-proxy"]);
  });

  test.each([
    ["v1beta1", { apiVersion: "admission.k8s.io/v1beta1", kind: "AdmissionReview", request: { uid: "u" } }],
    ["another kind", { apiVersion: "admission.k8s.io/v1", kind: "Pod", request: { uid: "u" } }],
    ["no request", { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" }],
    ["no uid", { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: { uid: "" } }],
    ["nothing", {}],
  ])("is refused with %s", async (_what, body) => {
    expect((await post(body)).status).toBe(400);
  });

  test.each([
    ["another content type", { "content-type": "text/plain" }, JSON.stringify({ apiVersion: "admission.k8s.io/v1" }), 400],
    ["an empty body", { "content-type": "application/json" }, "", 400],
    ["half a body", { "content-type": "application/json" }, '{"apiVersion":', 400],
    ["more than 3 MiB", { "content-type": "application/json" }, `{"a":"${"x".repeat(3_145_728)}"}`, 413],
  ])("is refused with %s", async (_what, headers, body, status) => {
    const answer = await fetch(urlOf("/mutate-pods"), { method: "POST", headers, body });
    expect(answer.status).toBe(status);
    await answer.body?.cancel();
  });

  test("of anything but a new pod changes nothing", async () => {
    const others = [
      { operation: "UPDATE" },
      { operation: "DELETE", object: null },
      { subResource: "ephemeralcontainers" },
      { kind: { kind: "Job" } },
    ];
    for (const change of others) expect(await review(aPod(), change)).toEqual({ uid: "u-1", allowed: true });
  });

  test("of a malformed pod is refused and names the field", async () => {
    const response = await review({ metadata: { name: "x", annotations: { a: 1 } }, spec: {} });
    expect(response).toMatchObject({ allowed: false, status: { reason: "ReviewFailed" } });
    expect(response.status?.message).toContain("/metadata/annotations/a");
  });

  test("in a dry run answers the same and writes nothing (case 9)", async () => {
    const before = api.writes.length;
    expect(patchOf(await review(aPod(), { dryRun: true }))).toEqual(patchOf(await review(aPod())));
    expect(api.writes).toHaveLength(before);
  });
});

describe("opting in and out (case 4)", () => {
  const binding = { "agentkeys.io/binding": "research" };
  const inject = (value: string): Record<string, string> => ({ "agentkeys.io/inject": value });

  test.each([
    ["no annotation, plain namespace", {}, false, false],
    ["no annotation, labelled namespace, selected", {}, true, true],
    ["annotated", binding, false, true],
    ["annotated in a labelled namespace", binding, true, true],
    ["opted out", inject("false"), true, false],
    ["opted out though annotated", { ...binding, ...inject("false") }, true, false],
    ["an opt-in on the pod, which has no effect", inject("true"), false, false],
    ["an invalid opt-out in a labelled namespace", inject("False"), true, true],
    ["an empty opt-out", { ...binding, ...inject("") }, false, true],
    ["an opt-out of another spelling", { ...binding, ...inject("no") }, false, true],
  ])("%s", async (_what, annotations, isLabelled, expected) => {
    if (isLabelled)
      await api.merge(RESOURCES.namespaces, { name: "team-a" }, { metadata: { labels: { "agentkeys.io/inject": "enabled" } } });
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { selector: { matchLabels: { app: "x" } } } });
    await settle();
    const response = await review(aPod(annotations, { app: "x" }));
    expect(response.allowed).toBe(true);
    expect(isInjected(response)).toBe(expected);
  });

  test("a pod that no binding selects is left alone, and one that two select is refused", async () => {
    await api.merge(RESOURCES.namespaces, { name: "team-a" }, { metadata: { labels: { "agentkeys.io/inject": "enabled" } } });
    for (const name of ["one", "two"])
      await api.create(RESOURCES.bindings, aBinding({ selector: { matchLabels: { app: "y" } } }, { name }));
    await settle();
    expect(await review(aPod({}, { app: "z" }))).toEqual({ uid: "u-1", allowed: true });
    const response = await review(aPod({}, { app: "y" }));
    expect(response).toMatchObject({ allowed: false, status: { reason: "BindingAmbiguous" } });
    expect(response.status?.message).toContain("(one, two)");
  });

  test.each(["missing", "../team-b/agent", "team-b/agent", "", "A"])(
    "a binding called %j is refused as missing (case 41)",
    async (name) => {
      const response = await review(aPod({ "agentkeys.io/binding": name }));
      expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: "BindingMissing" } });
      expect(gets.filter((asked) => asked.includes("/"))).toEqual([]);
    },
  );
});

describe("services of a binding", () => {
  const variables = (response: AdmissionResponse): string[] =>
    patchOf(response).flatMap(({ path, value }) =>
      path === "/spec/containers/0/env" ? (value as { name: string }[]).map(({ name }) => name) : [],
    );

  test.each([
    ["does not exist", "none", undefined, /There is no AgentKeysService none/],
    ["does not allow the namespace", "closed", { preset: "github", allowedNamespaces: null }, /does not allow this namespace/],
    ["is invalid", "broken", { preset: "nope" }, /Unknown preset nope/],
  ])("one that %s is left out with a warning, as enrolment leaves it out", async (_what, name, spec, warning) => {
    if (spec !== undefined) await api.create(RESOURCES.services, { ...aService(name), spec: { allowedNamespaces: {}, ...spec } });
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { services: [{ name }, { name: "openai" }] } });
    await settle();
    const response = await review(aPod());
    expect(variables(response)).toEqual(["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_KEY"]);
    expect(response.warnings?.[0]).toMatch(warning);
  });
});

describe("where a review looks", () => {
  const grow = (name: string): Promise<unknown> => api.create(RESOURCES.bindings, aBinding({}, { name }));

  test("asks nobody when its watches know the whole answer", async () => {
    expect(isInjected(await review(aPod()))).toBe(true);
    expect(gets).toEqual([]);
  });

  test("asks the API server before it refuses: a binding made a moment ago counts", async () => {
    api.emit = () => undefined;
    await grow("fresh");
    expect(caches.lookup()).not.toBeNull();
    expect(isInjected(await review(aPod({ "agentkeys.io/binding": "fresh" })))).toBe(true);
  });

  test("lets a pod in whose binding was suspended when the cache last heard and no longer is", async () => {
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { suspend: true } });
    await settle();
    expect((await review(aPod())).status?.reason).toBe("Suspended");
    api.emit = () => undefined;
    await api.merge(RESOURCES.bindings, { namespace: "team-a", name: "research" }, { spec: { suspend: false } });
    expect(isInjected(await review(aPod()))).toBe(true);
  });

  test("asks the API server when its watches have been silent too long", async () => {
    clock.advance(151_000);
    expect(caches.lookup()).toBeNull();
    expect(isInjected(await review(aPod()))).toBe(true);
    expect(gets).toContain("research");
  });

  test("refuses with a helpful message in time when the API server hangs (case 27)", async () => {
    clock.advance(151_000);
    api.get = () => new Promise(() => undefined);
    const answer = review(aPod());
    for (let turn = 0; turn < 2000 && clock.sleeping < 1; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2500);
    const response = await answer;
    expect(response).toMatchObject({ allowed: false, status: { reason: "ReviewFailed" } });
    expect(response.status?.message).toContain("The API server did not answer in time");
  });

  test("refuses an opted-in pod when the API server fails, and is not ready before it has heard of everything", async () => {
    clock.advance(151_000);
    api.get = () => Promise.reject(new AgentKeysError("kube_api"));
    expect((await review(aPod())).allowed).toBe(false);
    const blind = new FakeKubeApi();
    blind.faults.list.push(...[1, 2, 3].map(() => new AgentKeysError("kube_api")));
    const unheard = new ReviewCaches({ api: blind, clock, log: captureLog().log, random: () => 1 });
    void unheard.run(AbortSignal.timeout(1000));
    await settle();
    expect(unheard.missing).toEqual(["watch of bindings", "watch of services", "watch of namespaces"]);
    expect(unheard.lookup()).toBeNull();
  });

  test("forgets a binding that was deleted", async () => {
    await api.remove(RESOURCES.bindings, { namespace: "team-a", name: "research" });
    await settle();
    expect((await review(aPod())).status?.reason).toBe("BindingMissing");
  });
});

describe("a binding's review", () => {
  const ask = async (services: { name: string }[]): Promise<AdmissionResponse> => {
    const object = aBinding({ services });
    const request = { uid: "b-1", kind: { kind: "AgentKeysBinding" }, operation: "CREATE", namespace: "team-a", object };
    const { body } = await post({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }, "/validate");
    return (body as { response: AdmissionResponse }).response;
  };

  test("lets it in and warns of services it cannot use", async () => {
    await api.create(RESOURCES.services, aService("closed", { allowedNamespaces: { matchLabels: { never: "so" } } }));
    const response = await ask([{ name: "openai" }, { name: "closed" }, { name: "none" }]);
    expect(response).toMatchObject({ uid: "b-1", allowed: true });
    expect(response.warnings).toHaveLength(2);
    expect(await ask([{ name: "openai" }])).toEqual({ uid: "b-1", allowed: true });
  });

  test("judges nothing while the API server does not answer", async () => {
    api.get = () => Promise.reject(new AgentKeysError("kube_api"));
    expect(await ask([{ name: "none" }])).toEqual({ uid: "b-1", allowed: true });
  });
});

test("the fixture of a bare pod is injected over HTTP as its golden says", async () => {
  const { pod } = readFixture("bare-pod");
  expect(isInjected(await review(pod))).toBe(true);
});
