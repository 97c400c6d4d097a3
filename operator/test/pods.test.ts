import { describe, expect, test } from "@jest/globals";
import { podsStatus } from "../src/controllers/binding/pods.ts";
import { podFacts, type PodFacts } from "../src/controllers/index.ts";

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
    expect(podsStatus(pods, 2).pods).toEqual({ injected: 2, ready: 1, stale: 2, staleNames: ["runs", "starts"] });
    expect(podsStatus(pods.slice(2), 2)).toMatchObject({ pods: { injected: 0, stale: 0 }, verdict: { status: "True" } });
  });
});
