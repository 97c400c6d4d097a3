import { describe, expect, test } from "@jest/globals";
import { podsStatus } from "../src/controllers/binding/pods.ts";
import { podFacts, type PodFacts } from "../src/controllers/index.ts";
import { podShapeOf } from "../src/proxy/index.ts";
import { aBinding } from "./fakes/objects.ts";

function aPod(name: string, { injected = "0.1.0/1", phase = "Running", ...metadata }: Record<string, string> = {}): PodFacts {
  const annotations = { "agentkeys.io/binding": "research", "agentkeys.io/injected": injected, other: "x" };
  const status = { phase, conditions: [{ type: "Ready", status: phase === "Running" ? "True" : "False" }] };
  return podFacts({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "team-a", annotations, ...metadata },
    status,
  } as object as PodFacts);
}

describe("the pods of a binding", () => {
  test("count while they live: those that ended or are being deleted are neither injected nor stale", () => {
    const pods = [
      aPod("runs"),
      aPod("starts", { phase: "Pending" }),
      aPod("done", { phase: "Succeeded" }),
      aPod("broken", { phase: "Failed" }),
      aPod("leaves", { deletionTimestamp: "2027-01-15T08:00:00Z" }),
    ];
    expect(podsStatus(pods, aBinding({}, { generation: 2 })).pods).toEqual({
      injected: 2,
      ready: 1,
      stale: 2,
      staleNames: ["runs", "starts"],
    });
    expect(podsStatus(pods.slice(2), aBinding({}, { generation: 2 }))).toMatchObject({
      pods: { injected: 0, stale: 0 },
      verdict: { status: "True" },
    });
  });

  test("are stale when their shape changed, and not when what changed reaches pods that run", () => {
    const pods = [aPod("runs", { injected: `0.1.0/1/${podShapeOf(aBinding())}` })];
    const staleUnder = (spec: Parameters<typeof aBinding>[0]): number => podsStatus(pods, aBinding(spec, { generation: 2 })).pods.stale;
    const services = [{ name: "openai", paths: ["/v1/"], limits: { requestsPerMinute: 5 }, callers: [{ uid: 1000 }] }];
    expect(staleUnder({ services, suspend: true, readOnly: false, proxy: { port: 9090, placeholder: "Required" } })).toBe(0);
    expect(staleUnder({ services: [{ name: "openai" }, { name: "github" }] })).toBe(1);
    expect(staleUnder({ proxy: { port: 9095 } })).toBe(1);
    expect(staleUnder({ proxy: { logLevel: "debug" } })).toBe(1);
    expect(staleUnder({ proxy: { resources: { limits: { memory: "200Mi" } } } })).toBe(1);
    expect(staleUnder({ proxy: { mtls: {} } })).toBe(1);
  });

  test("of an earlier release, which do not say their shape, are stale by their generation", () => {
    expect(podsStatus([aPod("older")], aBinding({}, { generation: 1 })).pods.stale).toBe(0);
    expect(podsStatus([aPod("older")], aBinding({}, { generation: 2 })).pods.stale).toBe(1);
  });
});
