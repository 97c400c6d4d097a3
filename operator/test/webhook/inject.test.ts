import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { AgentKeysError } from "@agentkeys/common/errors";
import { resolvePreset } from "@agentkeys/common/presets";
import type { Container, RawPod } from "../../src/proxy/index.ts";
import { inject } from "../../src/webhook/inject.ts";
import { podOf } from "../../src/webhook/shape.ts";
import { aBinding } from "../fakes/objects.ts";
import { applyPatch } from "./apply-patch.ts";
import { fixtureNames, injectFixture, PLACEHOLDER, readFixture, readGolden, SETTINGS } from "./goldens.ts";

const ORDINARY = "with-init-containers";

/** A pod after the first pass, as its JSON. */
function injected(name = ORDINARY): RawPod {
  const fixture = readFixture(name);
  const outcome = injectFixture(fixture);
  if (outcome.kind === "refused") throw new TypeError(outcome.message);
  return applyPatch(fixture.pod, outcome.patch) as RawPod;
}

function proxyOf(pod: RawPod): Container {
  const proxy = pod.spec.initContainers?.find(({ name }) => name === "agentkeys-proxy");
  if (proxy === undefined) throw new TypeError("no proxy");
  return proxy;
}

/** What the API server fills into a pod between two passes. */
function withDefaults(pod: RawPod): RawPod {
  const result = structuredClone(pod);
  const proxy = proxyOf(result);
  const probe = { timeoutSeconds: 1, successThreshold: 1 };
  for (const name of ["startupProbe", "readinessProbe", "livenessProbe"]) {
    const given = proxy[name] as { httpGet: object };
    proxy[name] = { failureThreshold: 3, ...probe, ...given, httpGet: { ...given.httpGet, scheme: "HTTP" } };
  }
  proxy.env = (proxy.env ?? []).map((variable) =>
    variable.valueFrom === undefined
      ? variable
      : { ...variable, valueFrom: { fieldRef: { apiVersion: "v1", ...(variable.valueFrom as { fieldRef: object }).fieldRef } } },
  );
  proxy["terminationMessagePath"] = "/dev/termination-log";
  const token = { name: "kube-api-access-x1", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true };
  for (const container of [...(result.spec.initContainers ?? []), ...(result.spec.containers ?? [])])
    container.volumeMounts = [...(container.volumeMounts ?? []), token];
  return result;
}

const secondPass = (pod: RawPod, name = ORDINARY): ReturnType<typeof inject> => injectFixture(readFixture(name), pod);

describe("injection", () => {
  test.each(fixtureNames)("of %s is as its golden says", (name) => {
    expect(injectFixture(readFixture(name))).toEqual(readGolden(name));
  });

  test("leaves every field it does not know as it was (case 7)", () => {
    const { pod } = readFixture("unknown-fields");
    const after = injected("unknown-fields");
    expect(after.metadata).toMatchObject({ futureMeta: pod.metadata["futureMeta"] });
    expect(after.spec["futureField"]).toEqual(pod.spec["futureField"]);
    expect(after.spec.containers?.[0]).toMatchObject({ futureContainerField: 7, resizePolicy: [{ resourceName: "cpu" }] });
  });
});

describe("a second pass", () => {
  test.each(fixtureNames.filter((name) => !name.startsWith("refused")))("over %s gives an empty patch (case 11)", (name) => {
    expect(secondPass(injected(name), name)).toMatchObject({ kind: "patch", patch: [] });
  });

  test("gives an empty patch when the API server has filled in its defaults", () => {
    expect(secondPass(withDefaults(injected()))).toMatchObject({ kind: "patch", patch: [] });
  });

  test("keeps the one proxy when a foreign injector put containers in front, variables and mounts in, and its limits", () => {
    const pod = withDefaults(injected());
    const proxy = proxyOf(pod);
    proxy.env = [{ name: "OTEL_SERVICE_NAME", value: "x" }, ...(proxy.env ?? [])];
    proxy.volumeMounts?.push({ name: "aws", mountPath: "/var/run/secrets/eks.amazonaws.com/serviceaccount" });
    proxy["resources"] = { limits: { memory: "200Mi", cpu: "1" } };
    proxy["imagePullPolicy"] = "Always";
    pod.spec.initContainers?.unshift({ name: "istio-init", image: "istio:1" });
    const outcome = secondPass(pod);
    if (outcome.kind === "refused") throw new TypeError(outcome.message);
    const after = applyPatch(pod, outcome.patch) as RawPod;
    expect(after.spec.initContainers?.map(({ name }) => name)).toEqual(["istio-init", "agentkeys-proxy", "migrate", "warm"]);
    expect(after.spec.initContainers?.[0]?.env?.map(({ name }) => name)).toContain("OPENAI_BASE_URL");
    expect(secondPass(after)).toMatchObject({ patch: [] });
  });
});

describe("a proxy that somebody else wrote", () => {
  const env = (name: string, value: string) => (proxy: Container) => void proxy.env?.push({ name, value });
  const set = (field: string, value: unknown) => (proxy: Container) => void (proxy[field] = value);
  const swap = (from: string, to: string) => (proxy: Container) => {
    proxy.env = (proxy.env ?? []).map((entry) => (entry.value === from ? { ...entry, value: to } : entry));
  };
  const forgeries: [string, (proxy: Container) => void, string][] = [
    ["another image", set("image", "evil:1"), "image"],
    ["a command", set("command", ["sh"]), "command"],
    ["other arguments", set("args", ["cli"]), "args"],
    ["a hook", set("lifecycle", { postStart: { exec: { command: ["cat"] } } }), "lifecycle"],
    ["variables from elsewhere", set("envFrom", [{ configMapRef: { name: "x" } }]), "envFrom"],
    ["a working directory", set("workingDir", "/tmp"), "workingDir"],
    ["a field of a later release", set("futureHook", {}), "futureHook"],
    ["its token as termination message", set("terminationMessagePath", "/var/run/agentkeys/token"), "terminationMessagePath"],
    ["no restart", set("restartPolicy", undefined), "restartPolicy"],
    ["a probe by command", set("livenessProbe", { exec: { command: ["cat"] } }), "livenessProbe"],
    ["more rights", set("securityContext", { runAsUser: 0 }), "securityContext"],
    ["Node options", env("NODE_OPTIONS", "--require=/var/run/secrets/x.js"), "env NODE_OPTIONS"],
    ["a loader's variable", env("LD_PRELOAD", "/x.so"), "env LD_PRELOAD"],
    ["another PATH", env("PATH", "/var/run/secrets"), "env PATH"],
    ["a setting of the proxy twice", env("AGENTKEYS_SIDECAR_OPERATOR_URL", "https://evil"), "env AGENTKEYS_SIDECAR_OPERATOR_URL"],
    ["a setting we do not set", env("AGENTKEYS_SIDECAR_TOKEN_FILE", "/x"), "env AGENTKEYS_SIDECAR_TOKEN_FILE"],
    ["another broker", swap("https://broker", "https://evil"), "env AGENTKEYS_SIDECAR_BROKER_URL"],
    ["a placeholder of its own", swap(PLACEHOLDER, "sk-real"), "env AGENTKEYS_SIDECAR_PLACEHOLDER"],
    ["a mount over its code", (proxy) => void proxy.volumeMounts?.push({ name: "data", mountPath: "/app" }), "volumeMounts"],
    [
      "a mount that climbs",
      (proxy) => void proxy.volumeMounts?.push({ name: "d", mountPath: "/var/run/secrets/../../app" }),
      "volumeMounts",
    ],
    ["no token", (proxy) => void (proxy.volumeMounts = []), "volumeMounts"],
  ];

  test.each(forgeries)("with %s is refused, whatever the pod's annotations say", (_what, forge, difference) => {
    const pod = injected();
    forge(proxyOf(pod));
    const outcome = secondPass(pod);
    expect(outcome).toMatchObject({ kind: "refused", reason: "NameConflict" });
    expect((outcome as { message: string }).message).toContain(`(${difference})`);
  });

  test("is refused as a container, as a debugger, and with a token volume of another kind", () => {
    const [asContainer, asDebugger, withVolume] = [injected(), injected(), injected()];
    asContainer.spec.containers?.push(proxyOf(asContainer));
    asDebugger.spec.ephemeralContainers = [{ name: "agentkeys-proxy" }];
    withVolume.spec.volumes = [{ name: "agentkeys-token", hostPath: { path: "/" } }];
    expect(secondPass(asContainer)).toMatchObject({ reason: "NameConflict" });
    expect(secondPass(asDebugger)).toMatchObject({ reason: "NameConflict" });
    expect(secondPass(withVolume)).toMatchObject({ reason: "VolumeConflict" });
  });

  test("is refused without its state volume, with one of another kind and with one too many", () => {
    for (const state of [[], [{ hostPath: { path: "/" } }], [{ emptyDir: {} }], [0, 0].map(() => ({ emptyDir: { sizeLimit: "64Mi" } }))]) {
      const pod = injected();
      const others = (pod.spec.volumes ?? []).filter(({ name }) => name !== "agentkeys-state");
      pod.spec.volumes = [...others, ...state.map((kind) => ({ name: "agentkeys-state", ...kind }))];
      expect(secondPass(pod)).toMatchObject({ kind: "refused", reason: "VolumeConflict" });
    }
  });

  test("is no way around the rule that only the proxy holds the token", () => {
    const pod = injected();
    pod.spec.containers?.[0]?.volumeMounts?.push({ name: "x", mountPath: "/x" });
    const [app] = pod.spec.containers ?? [];
    if (app !== undefined) app.volumeMounts = [{ name: "agentkeys-token", mountPath: "/t" }];
    expect(secondPass(pod)).toMatchObject({ reason: "TokenMountForbidden" });
  });

  test("is no way around the rule that only the proxy writes its state", () => {
    const pod = injected();
    const [app] = pod.spec.containers ?? [];
    if (app !== undefined) app.volumeMounts = [{ name: "agentkeys-state", mountPath: "/s" }];
    expect(secondPass(pod)).toMatchObject({ reason: "StateMountForbidden" });
  });
});

describe("any pod at all (case 48)", () => {
  const name = fc.constantFrom("app", "agentkeys-proxy", "agentkeys-token", "b", "__proto__", "constructor", "");
  const nullable = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
    fc.oneof({ weight: 6, arbitrary: of }, fc.constantFrom(null, undefined));
  const variable = fc.record(
    { name: fc.constantFrom("OPENAI_BASE_URL", "OPENAI_API_KEY", "X", "__proto__"), value: nullable(fc.string()) },
    { requiredKeys: ["name"] },
  );
  const mount = fc.record({ name, mountPath: fc.constantFrom("/data", "/var/run/agentkeys", "/var/run/secrets/x") });
  const container = fc.record(
    {
      name,
      image: fc.string(),
      env: nullable(fc.array(variable, { maxLength: 3 })),
      ports: nullable(fc.array(fc.record({ containerPort: fc.constantFrom(80, 9090, 9091) }), { maxLength: 2 })),
      volumeMounts: nullable(fc.array(mount, { maxLength: 2 })),
      "x/y~z": fc.jsonValue(),
    },
    { requiredKeys: ["name"] },
  );
  const texts = fc.dictionary(
    fc.constantFrom("a", "agentkeys.io/binding", "agentkeys.io/injected", "agentkeys.io/skip-containers", "x~/y"),
    fc.string(),
  );
  const pod = fc.record({
    metadata: fc.record({ name: fc.string(), labels: nullable(texts), annotations: nullable(texts) }),
    spec: fc.record({
      containers: nullable(fc.array(container, { maxLength: 3 })),
      initContainers: nullable(fc.array(container, { maxLength: 3 })),
      ephemeralContainers: nullable(fc.array(container, { maxLength: 1 })),
      volumes: nullable(fc.array(fc.record({ name, emptyDir: fc.constant({}) }), { maxLength: 2 })),
      future: fc.jsonValue(),
    }),
  });
  const pass = (given: unknown): ReturnType<typeof inject> => {
    const services = ["openai", "openrouter"].map((preset) => resolvePreset({ preset }, preset));
    return inject({ pod: podOf(given), binding: aBinding(), services, settings: SETTINGS, placeholder: PLACEHOLDER });
  };

  test("is refused as malformed, or refused with a reason, or gets a patch that applies, adds one proxy and keeps all the user wrote", () => {
    let applied = 0;
    fc.assert(
      fc.property(pod, (made) => {
        const given = JSON.parse(JSON.stringify(made)) as RawPod;
        const outcome = pass(given);
        if (outcome.kind === "refused") {
          expect(outcome.message).not.toBe("");
          return;
        }
        applied += 1;
        const after = applyPatch(given, outcome.patch) as RawPod;
        expect(after.spec.initContainers?.map((found) => found.name)).toEqual([
          "agentkeys-proxy",
          ...(given.spec.initContainers ?? []).map((found) => found.name),
        ]);
        expect(after.spec.containers?.map((found) => found.name) ?? []).toEqual((given.spec.containers ?? []).map((found) => found.name));
        expectKept(given, { ...after, spec: { ...after.spec, initContainers: after.spec.initContainers?.slice(1) } });
        expect(pass(after)).toMatchObject({ kind: "patch", patch: [] });
      }),
      { numRuns: 1000 },
    );
    expect(applied).toBeGreaterThan(100);
  });

  test("and any JSON in its place is refused and never crashes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() })), (given) => {
        try {
          expect(["patch", "refused"]).toContain(pass(given).kind);
        } catch (fault) {
          expect(fault).toBeInstanceOf(AgentKeysError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

/** Every member and element of `before` is in `after`, in its order; only members may be new, and elements at an end. */
function expectKept(before: unknown, after: unknown): void {
  if (before === null || before === undefined) return;
  if (typeof before !== "object") {
    expect(after).toEqual(before);
    return;
  }
  for (const [key, value] of Object.entries(before)) {
    if (key.startsWith("agentkeys.io/injected")) continue;
    expectKept(value, (after as Record<string, unknown>)[key]);
  }
}
