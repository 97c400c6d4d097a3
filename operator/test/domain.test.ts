import { describe, expect, test } from "@jest/globals";
import type { Hex } from "@agentkeys/common/identity";
import { bindingPolicySchema } from "@agentkeys/common/wire";
import { compileCheck } from "@agentkeys/common/testing";
import { validator } from "@agentkeys/common/validator";
import type { AgentKeysService, AgentKeysServiceSpec, BindingServiceSpec } from "../src/api/types.ts";
import {
  acceptServices,
  buildPolicy,
  changedVerdicts,
  isPathCovered,
  mergeConditions,
  planScope,
  readyVerdict,
  scopeHash,
} from "../src/domain/index.ts";
import { PRESETS, renderEnv, resolvePreset } from "@agentkeys/common/presets";
import { aBinding, aService } from "./fakes/objects.ts";

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const without = (service: AgentKeysService, field: keyof AgentKeysServiceSpec): AgentKeysService => {
  const spec = Object.entries(service.spec).filter(([name]) => name !== field);
  return { ...service, spec: Object.fromEntries(spec) };
};
const identity = { operatorOmni: hex("1"), actorOmni: hex("2"), deviceKeyHash: hex("3") };

describe("a narrower path", () => {
  test.each([
    ["/v1/chat", "/v1/**", true],
    ["/v1/chat/**", "/v1/**", true],
    ["/v1/**", "/v1/chat", false],
    ["/v1", "/v1/**", false],
    ["/v2/x", "/v1/**", false],
    ["/anything", "/**", true],
    ["/v1/*/x", "/v1/*/x", true],
    ["/v1/a/x", "/v1/*/x", true],
    ["/v1/*/x", "/v1/a/x", false],
    ["/v1/ab", "/v1/a*", true],
    ["/v1/b", "/v1/a*", false],
    ["/v1/a/b", "/v1/*", false],
    ["/v1/**", "/v1/*", false],
    ["/v1x/a", "/v1/**", false],
  ])("%s is within %s: %s", (narrow, wide, expected) => {
    expect(isPathCovered(narrow, wide)).toBe(expected);
  });
});

describe("accepting services", () => {
  const reasonOf = (binding = aBinding(), service = aService()): string | undefined =>
    acceptServices(binding, () => service, { team: "a" }).refused[0]?.reason;

  test("says why a service may not be used", () => {
    expect(acceptServices(aBinding(), () => undefined, {}).refused[0]?.reason).toBe("ServiceNotFound");
    expect(reasonOf(aBinding(), without(aService(), "allowedNamespaces"))).toBe("NamespaceNotAllowed");
    expect(reasonOf(aBinding(), aService("openai", { allowedNamespaces: { matchLabels: { team: "b" } } }))).toBe("NamespaceNotAllowed");
    expect(reasonOf(aBinding(), aService("openai", { preset: "nope" }))).toBe("ServiceInvalid");
    expect(reasonOf(aBinding({ services: [{ name: "openai", methods: ["PUT"] }] }))).toBe("NotNarrower");
    expect(reasonOf(aBinding({ services: [{ name: "openai", paths: ["/**"] }] }))).toBe("NotNarrower");
    const withBudget = aBinding({ services: [{ name: "openai", limits: { dailyUsd: "1" } }] });
    expect(reasonOf(withBudget, aService("openai", { preset: "github" }))).toBe("NotPriced");
    expect(reasonOf(withBudget, aService("openai", { preset: "github", pricing: { provider: "openai" } }))).toBeUndefined();
  });

  test("keeps the good ones when another is refused", () => {
    const binding = aBinding({ services: [{ name: "openai" }, { name: "missing" }] });
    const result = acceptServices(binding, (name) => (name === "openai" ? aService() : undefined), {});
    expect(result.accepted.map(({ service }) => service.name)).toEqual(["openai"]);
    expect(result.refused.map(({ name }) => name)).toEqual(["missing"]);
  });
});

describe("a policy", () => {
  const policyFor = (binding = aBinding()): ReturnType<typeof buildPolicy> =>
    buildPolicy(binding, identity, acceptServices(binding, (name) => aService(name), {}).accepted);

  test("meets the schema the sidecar checks", () => {
    const services: BindingServiceSpec[] = [
      { name: "openai", methods: ["GET"], limits: { requestsPerMinute: 3, dailyUsd: "2.5" }, callers: [{ uid: 1000 }] },
    ];
    const policy = policyFor(aBinding({ services }));
    expect(validator(compileCheck(bindingPolicySchema))(policy)).toEqual(policy);
    expect(policy.services[0]).toMatchObject({
      methods: ["GET"],
      limits: { requestsPerMinute: 3, dailyNanoUsd: 2_500_000_000 },
      pricing: { provider: "openai", unknownModel: "Refuse" },
      pathPrefix: "/v1",
      callers: [{ uid: 1000 }],
    });
  });

  test("names workloads with their pins, and whose word about measurements counts", () => {
    const spiffeId = "spiffe://acme.example/agent";
    const callers = [{ uid: 1000 }, { spiffeId, publicKeySha256: "ab".repeat(32) }, { spiffeId, measurement: "m" }, {}];
    const attestation = { issuer: "https://verifier", keys: ["-----BEGIN PUBLIC KEY-----"], measurementClaim: "/m" };
    const policy = policyFor(aBinding({ services: [{ name: "openai", callers }], attestation }));
    expect(validator(compileCheck(bindingPolicySchema))(policy)).toEqual(policy);
    expect(policy.services[0]?.callers).toEqual(callers.slice(0, 3));
    expect(policy.attestation).toEqual({ ...attestation, maxAgeSeconds: 3600 });
  });

  test("is closed to all, not open, when a caller names nobody", () => {
    expect(policyFor(aBinding({ services: [{ name: "openai", callers: [{}] }] })).services[0]?.callers).toEqual([]);
  });

  test("has another version when it says something else, and the same when it does not", () => {
    expect(policyFor().version).toBe(policyFor().version);
    expect(policyFor(aBinding({ suspend: true })).version).not.toBe(policyFor().version);
  });

  test.each(Object.keys(PRESETS))("of preset %s meets the schema too", (preset) => {
    const accepted = acceptServices(aBinding(), (name) => aService(name, { preset }), {}).accepted;
    expect(() => validator(compileCheck(bindingPolicySchema))(buildPolicy(aBinding(), identity, accepted))).not.toThrow();
  });
});

describe("a preset", () => {
  test("is overridden field by field and addresses the proxy by the service's own name", () => {
    const service = resolvePreset({ preset: "openai", upstream: "https://eu.example.com/base/", methods: ["POST"] }, "eu-openai");
    expect(service).toMatchObject({ upstream: "https://eu.example.com/base", methods: ["POST"], pathPrefix: "/v1", errorShape: "openai" });
    expect(renderEnv(service, { proxy: "http://localhost:9090", placeholder: "sk-x" })).toContainEqual({
      name: "OPENAI_BASE_URL",
      value: "http://localhost:9090/eu-openai/v1",
    });
  });

  test.each([
    [{}, "no upstream"],
    [{ preset: "__proto__" }, "an inherited name"],
    [{ upstream: "http://plain.example" }, "http"],
    [{ upstream: "https://user:pw@host" }, "credentials in the URL"],
    [{ upstream: "ftp://host" }, "another scheme"],
  ] as [AgentKeysServiceSpec, string][])("with %j is refused: %s", (spec) => {
    expect(() => resolvePreset(spec, "x")).toThrow();
  });

  test("allows http only when the platform team says so", () => {
    expect(resolvePreset({ upstream: "http://plain.example", allowInsecure: true }, "x").upstream).toBe("http://plain.example");
  });
});

describe("planning a scope", () => {
  const wanted = { services: [hex("a")], readOnly: true, isSet: true };
  const none = { services: [], readOnly: false, isSet: false };
  const applied = { generation: 1, scopeHash: scopeHash(wanted), deviceRegisteredAt: 5 };
  const base = { management: "Sync" as const, wanted, chain: none, generation: 1, deviceRegisteredAt: 5 };

  test.each([
    ["is written when nothing was applied yet", base, true, "OutOfSync"],
    ["is left alone when equal", { ...base, chain: wanted }, false, "InSync"],
    ["is not granted again after a revocation by somebody else", { ...base, applied }, false, "RevokedOnChain"],
    [
      "is left alone after a change by somebody else",
      { ...base, applied, chain: { ...wanted, services: [hex("b")] } },
      false,
      "ChangedOnChain",
    ],
    ["is written for a new generation", { ...base, applied, generation: 2 }, true, "OutOfSync"],
    ["is written for a new resync value", { ...base, applied, resync: "1" }, true, "OutOfSync"],
    ["is written on another chain", { ...base, applied, deviceRegisteredAt: 6 }, true, "OutOfSync"],
    [
      "that somebody else revoked is not granted on another chain",
      { ...base, applied, deviceRegisteredAt: 6, wasTaken: true },
      false,
      "RevokedOnChain",
    ],
    [
      "that somebody else revoked is granted on another chain for a new resync value",
      { ...base, applied, deviceRegisteredAt: 6, wasTaken: true, resync: "1" },
      true,
      "OutOfSync",
    ],
    [
      "is written when the wish changed and the chain still holds the last one",
      { ...base, applied, chain: wanted, wanted: none },
      true,
      "OutOfSync",
    ],
    ["is never written in Observe", { ...base, management: "Observe" as const }, false, "NotWritten"],
  ])("%s", (_name, question, shouldWrite, reason) => {
    expect(planScope(question)).toEqual({ shouldWrite, reason });
  });

  test("ignores the order of services", () => {
    const services = [hex("a"), hex("b")];
    expect(scopeHash({ ...wanted, services })).toBe(scopeHash({ ...wanted, services: [...services].reverse() }));
  });
});

describe("conditions", () => {
  const verdict = (
    status: "True" | "False",
    reason = "R",
  ): { type: string; status: "True" | "False"; reason: string; message: string } => ({
    type: "Ready",
    status,
    reason,
    message: "m",
  });

  test("keep their transition time while the status stays", () => {
    const first = mergeConditions([], [verdict("True")], { nowMs: 0, generation: 1 });
    expect(mergeConditions(first, [verdict("True")], { nowMs: 9e9, generation: 1 })).toEqual(first);
    expect(mergeConditions(first, [verdict("False")], { nowMs: 9e9, generation: 1 })[0]?.lastTransitionTime).not.toBe(
      first[0]?.lastTransitionTime,
    );
    expect(changedVerdicts(first, [verdict("True")])).toEqual([]);
    expect(changedVerdicts(first, [verdict("True", "Other")])).toHaveLength(1);
  });

  test("make Ready from the first that is not true; suspension comes before all", () => {
    expect(
      readyVerdict(
        [
          { ...verdict("True"), type: "A" },
          { ...verdict("False", "Why"), type: "B" },
        ],
        false,
      ).reason,
    ).toBe("Why");
    expect(readyVerdict([{ ...verdict("True"), type: "A" }], false).status).toBe("True");
    expect(readyVerdict([{ ...verdict("True"), type: "A" }], true).reason).toBe("Suspended");
  });
});
