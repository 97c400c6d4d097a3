import { describe, expect, test } from "@jest/globals";
import { isAllowed, type End } from "./network-policy.ts";
import { PRODUCTION, render, type Rendered } from "./render.ts";

const ours = (component: string, index: number): [string, End] => [
  component,
  { labels: { "app.kubernetes.io/instance": "agentkeys", "app.kubernetes.io/component": component }, ip: `10.244.0.${index + 10}` },
];
const COMMON = ["operator", "webhook", "broker", "creds-worker", "signer", "auditor"];
const OUTSIDE: [string, End][] = [
  ["sidecar", { ip: "10.244.7.7" }],
  ["apiServer", { ip: "192.0.2.10" }],
  ["rpc", { ip: "198.51.100.7" }],
  ["bucket", { ip: "203.0.113.7" }],
  ["ledger", { ip: "192.0.2.70" }],
  ["internet", { ip: "93.184.215.14" }],
];
const PORTS = [443, 5432, 6443, 8091, 8092, 8093, 8443, 8545, 9000, 9094, 9443];

/** Every from → to:port of the table that the policies let through, one end at least being ours. */
function arrowsOf(objects: readonly Rendered[], components: readonly string[]): string[] {
  const pods = components.map(ours);
  const ends = [...pods, ...OUTSIDE];
  const pairs = ends.flatMap((from) => ends.map((to) => [from, to] as const));
  return pairs
    .filter(([[from], [to]]) => from !== to && (components.includes(from) || components.includes(to)))
    .flatMap(([[from, source], [to, target]]) =>
      PORTS.filter((port) => isAllowed(objects, source, target, port)).map((port) => `${from} > ${to}:${port}`),
    )
    .sort();
}

// Sidecars call three services; the API server calls the webhook from an address no selector names, so both are "from anywhere".
const FROM_OUTSIDE = OUTSIDE.flatMap(([from]) =>
  ["operator:8443", "webhook:9443", "broker:8091", "creds-worker:9094"].map((to) => `${from} > ${to}`),
);
const BETWEEN = [
  "operator > broker:8091",
  "operator > creds-worker:9094",
  "creds-worker > broker:8091",
  "creds-worker > signer:8092",
  "signer > broker:8091",
];

describe("NetworkPolicies are the architecture's arrows and no other", () => {
  test("in the evaluation profile", () => {
    const objects = render();
    const anywhere = ["operator", "webhook"].flatMap((from) =>
      OUTSIDE.flatMap(([to]) => [443, 6443].map((port) => `${from} > ${to}:${port}`)),
    );
    const inside = [
      ...COMMON.filter((name) => name !== "webhook").map((from) => `${from} > chain:8545`),
      "creds-worker > store:9000",
      "signer > store:9000",
      "broker > store:9000",
      "auditor > store:9000",
      "store > signer:8093",
      "provision > store:9000",
    ];
    expect(arrowsOf(objects, [...COMMON, "chain", "store", "provision"])).toEqual(
      [...FROM_OUTSIDE, ...BETWEEN, ...inside, ...anywhere].sort(),
    );
  });

  test("in the production profile, with the outside named by CIDR", () => {
    const outward = [
      ...["operator", "webhook"].flatMap((from) => [443, 6443].map((port) => `${from} > apiServer:${port}`)),
      ...["operator", "broker", "creds-worker", "signer", "auditor"].map((from) => `${from} > rpc:443`),
      ...["creds-worker", "signer", "broker", "auditor"].map((from) => `${from} > bucket:443`),
      "broker > ledger:5432",
    ];
    expect(arrowsOf(render(...PRODUCTION), COMMON)).toEqual([...FROM_OUTSIDE, ...BETWEEN, ...outward].sort());
  });
});

test.each([
  ["evaluation", []],
  ["production", PRODUCTION],
])("a stolen broker reaches the signer by no port, and the store where its audit rows go, %s", (_profile, args) => {
  const objects = render(...args);
  const [, broker] = ours("broker", 0);
  const reached = [8092, 8093, 9000].filter((port) => isAllowed(objects, broker, ours("signer", 1)[1], port));
  expect(reached).toEqual([]);
});

test("the agent of helm test reaches what a sidecar reaches and its provider, and nobody else reaches either", () => {
  const components = [...COMMON, "chain", "store", "provision", "test", "test-provider"];
  const arrows = arrowsOf(render(), components).filter((arrow) => /(^| )test/.test(arrow));
  expect(arrows).toEqual(["broker:8091", "creds-worker:9094", "operator:8443", "test-provider:8443"].map((to) => `test > ${to}`));
});

test("every pod of ours resolves names and nobody else's pod is touched", () => {
  const objects = render();
  for (const component of [...COMMON, "chain", "store", "provision"])
    expect(isAllowed(objects, ours(component, 0)[1], { ip: "10.96.0.10" }, 53)).toBe(true);
  expect(isAllowed(objects, { labels: { app: "other" }, ip: "10.244.0.99" }, { ip: "93.184.215.14" }, 25)).toBe(true);
});

test("networkPolicy.enabled=false renders none", () => {
  expect(render("--set", "networkPolicy.enabled=false").filter(({ kind }) => kind === "NetworkPolicy")).toEqual([]);
});
