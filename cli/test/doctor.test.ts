import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { listen, type Listening } from "@agentkeys/common/http";
import { FakeClock } from "@agentkeys/common/testing";
import type { Check } from "../src/doctor/check.ts";
import { TestMachine } from "./fakes/machine.ts";
import { passOn, startRpc } from "./fakes/rpc.ts";
import { startServices, SYSTEM, type Services } from "./fakes/services.ts";

const BINDINGS = "agentkeysbindings.agentkeys.io";
let services: Services;
let machine: TestMachine;
let bundle: string;

beforeAll(async () => {
  services = await startServices();
}, 60_000);
afterAll(async () => {
  await services.stop();
});
beforeEach(async () => {
  machine = new TestMachine();
  services.install(machine);
  const map = await machine.kubectl.get<{ data: Record<string, string> }>("configmap", {
    namespace: SYSTEM,
    name: "agentkeys-trust-bundle",
  });
  bundle = map?.data["ca.crt"] ?? "";
  for (const name of [BINDINGS, "agentkeysservices.agentkeys.io"])
    put("customresourcedefinition", name, { status: { conditions: [{ type: "Established", status: "True" }] } });
  webhooks(bundle);
  put("validatingadmissionpolicybinding", "agentkeys-proxy-present", {});
  deployment("agentkeys-operator", 2);
  deployment("agentkeys-broker", 2);
});

function put(kind: string, name: string, of: object, metadata: object = {}): void {
  machine.kubectl.put(kind, { metadata: { name, ...metadata }, ...of });
}

function webhooks(ca: string): void {
  const hooks = [{ name: "annotated.inject.agentkeys.io", clientConfig: { caBundle: Buffer.from(ca).toString("base64") } }];
  put("mutatingwebhookconfiguration", "agentkeys-injector", { webhooks: hooks });
  put("validatingwebhookconfiguration", "agentkeys-validator", { webhooks: hooks });
}

function deployment(name: string, readyReplicas: number): void {
  const template = { spec: { containers: [{ image: "registry.test/agentkeys:1" }] } };
  const of = { spec: { replicas: 2, selector: { matchLabels: { component: name } }, template }, status: { readyReplicas } };
  put("deployments", name, of, { namespace: SYSTEM });
}

async function doctor(...more: string[]): Promise<{ code: number; checks: Check[]; failed: Record<string, string> }> {
  const outcome = await machine.run(["doctor", "--json", ...more]);
  const checks = outcome.json() as Check[];
  return {
    code: outcome.code,
    checks,
    failed: Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ check, detail }) => [check, detail])),
  };
}

describe("doctor", () => {
  test("a whole installation is well, one row a check, and no port stays open", async () => {
    const { code, checks } = await doctor();
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(code).toBe(0);
    expect(checks.map(({ check }) => check)).toEqual([
      "kubectl",
      "cluster",
      "CRDs",
      "agentkeys-injector",
      "agentkeys-validator",
      "admission policy",
      "agentkeys-operator",
      "agentkeys-broker",
      "trust bundle",
      "chain",
      "contracts",
      "master wallet",
      "bindings",
    ]);
    expect(machine.kubectl.open.size).toBe(0);
  });

  test("people get a table with the exit code of the worst row", async () => {
    webhooks("");
    const { code, out } = await machine.run(["doctor"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^CHECK +RESULT +DETAIL$/m);
    expect(out).toMatch(/^agentkeys-injector +failed +annotated\.inject\.agentkeys\.io without caBundle/m);
  });

  test("without a cluster nothing else is asked", async () => {
    machine.kubectl.refused.add("version");
    expect(await doctor()).toMatchObject({ code: 1, checks: [{ check: "kubectl", ok: false }] });
  });

  test.each([
    ["an old cluster", () => (machine.kubectl.server = "v1.32.9"), "cluster", /needs Kubernetes 1\.33/],
    ["a missing definition", () => machine.kubectl.remove("customresourcedefinition", BINDINGS), "CRDs", /kubectl apply -f crds/],
    ["another CA in the webhooks", () => webhooks("other"), "agentkeys-validator", /differs from the trust bundle/],
    [
      "no webhook configuration",
      () => machine.kubectl.remove("mutatingwebhookconfiguration", "agentkeys-injector"),
      "agentkeys-injector",
      /helm upgrade --install/,
    ],
    [
      "no admission policy",
      () => machine.kubectl.remove("validatingadmissionpolicybinding", "agentkeys-proxy-present"),
      "admission policy",
      /helm upgrade/,
    ],
    ["a kind that may not be read", () => machine.kubectl.refused.add("deployments"), "deployments", /is forbidden/],
    ["no trust bundle", () => machine.kubectl.remove("configmap", "agentkeys-trust-bundle"), "trust bundle", /the operator makes it/],
    ["no chain", () => machine.kubectl.remove("configmap", "agentkeys-chain"), "chain", /--chain-file/],
    [
      "a binding that is not ready",
      () =>
        put(
          BINDINGS,
          "poor",
          {
            status: {
              conditions: [
                { type: "Ready", status: "False" },
                { type: "CredentialsPresent", status: "False", reason: "CredentialMissing", message: "Run it" },
              ],
            },
          },
          { namespace: "team-a" },
        ),
      "binding team-a/poor",
      /CredentialMissing: Run it/,
    ],
  ])("%s fails its own row, and the others are still looked at", async (_name, breakIt, check, words) => {
    breakIt();
    const { code, failed, checks } = await doctor();
    expect(code).toBe(1);
    expect(failed[check]).toMatch(words);
    expect(checks.length).toBeGreaterThan(2);
  });

  test("an RPC that is down, another chain, and addresses without code are told apart", async () => {
    expect((await doctor("--rpc-url", "http://127.0.0.1:1")).failed["chain"]).toMatch(/127\.0\.0\.1:1 could not be read/);
    const { config } = services.chain;
    const withChain = (chain: object): void =>
      put("configmap", "agentkeys-chain", { data: { "chain.json": JSON.stringify({ ...config, ...chain }) } }, { namespace: SYSTEM });
    withChain({ profile: "mine", chainId: 4242 });
    expect((await doctor()).failed["chain"]).toMatch(/serves chain 31337, chain\.json says 4242/);
    withChain({ contracts: { ...config.contracts, lens: `0x${"ab".repeat(20)}` } });
    expect((await doctor()).failed["contracts"]).toMatch(/no code at lens 0xabab/);
  });

  test("each RPC that is ill has a row, and the chain is well while the others are a quorum", async () => {
    const { config } = services.chain;
    const [dead, other] = ["http://127.0.0.1:2", await startRpc(() => Promise.resolve({ result: "0x1" }))];
    const withRpcs = (...rpcUrls: string[]): void =>
      put(
        "configmap",
        "agentkeys-chain",
        { data: { "chain.json": JSON.stringify({ ...config, rpcUrls: [...rpcUrls, services.chain.url] }) } },
        { namespace: SYSTEM },
      );
    withRpcs(dead, other.url);
    const { failed, checks } = await doctor();
    expect(failed["rpc 127.0.0.1:2"]).toMatch(/could not be read \(.*ECONNREFUSED.*\)/);
    expect(failed[`rpc ${new URL(other.url).host}`]).toMatch(/serves chain 1, chain\.json says 31337/);
    expect(checks).toContainEqual(expect.objectContaining({ check: "chain", ok: true }));
    expect(checks).toContainEqual(expect.objectContaining({ check: "master wallet", ok: true }));
    const two = JSON.stringify({ ...config, rpcUrls: [dead, services.chain.url], quorum: 2 });
    put("configmap", "agentkeys-chain", { data: { "chain.json": two } }, { namespace: SYSTEM });
    expect((await doctor()).failed["chain"]).toMatch(/only 1 of 2 RPCs serve it, 2 are needed/);
    await other.close();
  });

  test("an operator that is not bound on the chain is named", async () => {
    const operatorOmni = `0x${"cd".repeat(32)}`;
    put(BINDINGS, "research", { status: { operatorOmni, conditions: [{ type: "Ready", status: "True" }] } }, { namespace: "team-a" });
    expect((await doctor()).failed["master wallet"]).toMatch(/operator 0xcdcd.* is not bound on this chain/);
  });

  test("a wallet without coins is ill, but not where a relay pays", async () => {
    const wallet = (await doctor()).checks.find(({ check }) => check === "master wallet")?.detail.slice(0, 42);
    const setBalance = (wei: string): Promise<object> =>
      passOn(services.chain.url, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "anvil_setBalance", params: [wallet, wei] }));
    const walletRow = async (...more: string[]): Promise<Check | undefined> =>
      (await doctor(...more)).checks.find(({ check }) => check === "master wallet");
    await setBalance("0x0");
    expect(await walletRow()).toMatchObject({ ok: false, detail: expect.stringMatching(/has no balance: send it coins or use a relay/) });
    expect(await walletRow("--relay", "http://127.0.0.1:1")).toMatchObject({ ok: true, detail: expect.stringMatching(/the relay pays/) });
    deployment("agentkeys-relay", 1);
    expect(await walletRow()).toMatchObject({ ok: true, detail: expect.stringMatching(/the relay pays/) });
    await setBalance("0x8ac7230489e80000");
  });

  test("a relay that is named is looked at", async () => {
    const answering = (body: object): Promise<Listening> =>
      listen((_request, response) => response.writeHead(404).end(JSON.stringify(body)), { port: 0, host: "127.0.0.1" });
    const [relay, other] = [await answering({ reason: "not_found" }), await answering({})];
    const rowOf = async (url: string): Promise<Check | undefined> =>
      (await doctor("--relay", url)).checks.find(({ check }) => check.startsWith("relay"));
    expect(await rowOf(relay.url)).toMatchObject({ ok: true, detail: "answers" });
    expect(await rowOf(other.url)).toMatchObject({ ok: false, detail: expect.stringMatching(/no relay: correct --relay/) });
    expect(await rowOf("http://127.0.0.1:1")).toMatchObject({ ok: false, detail: expect.stringMatching(/without --relay/) });
    expect(await rowOf("http://relay.example")).toMatchObject({ ok: false, detail: expect.stringMatching(/https URL/) });
    await Promise.all([relay.close(0), other.close(0)]);
  });

  test("certificates that have ended are ill whenever they are looked at", async () => {
    machine.clock = new FakeClock(4_000_000_000);
    expect((await doctor()).failed["trust bundle"]).toMatch(/no valid certificate/);
  });

  test("a Deployment that is not ready says what its pod waits for", async () => {
    deployment("agentkeys-broker", 1);
    const labels = { component: "agentkeys-broker" };
    put("pods", "broker-1", { status: { conditions: [{ type: "Ready", status: "False" }] } }, { namespace: SYSTEM, labels });
    const readyz = await listen((_request, response) => response.writeHead(503).end(JSON.stringify({ ok: false, missing: ["chain"] })), {
      port: 0,
      host: "127.0.0.1",
    });
    machine.kubectl.ports.set(`${SYSTEM}/pod/broker-1:9464`, readyz.port);
    const { failed } = await doctor();
    await readyz.close(0);
    expect(failed["agentkeys-broker"]).toBe("1 of 2 ready; broker-1 waits for chain");
    const waiting = { containerStatuses: [{ state: { waiting: { reason: "ImagePullBackOff" } } }] };
    put("pods", "broker-1", { status: { conditions: [{ type: "Ready", status: "False" }], ...waiting } }, { namespace: SYSTEM, labels });
    expect((await doctor()).failed["agentkeys-broker"]).toBe("1 of 2 ready; broker-1: ImagePullBackOff");
  });
});

describe("status", () => {
  test("shows versions, chain and wallet above the bindings", async () => {
    const outcome = await machine.run(["status", "--json"]);
    expect(outcome).toMatchObject({ code: 0, err: "" });
    expect(outcome.json()).toEqual({
      installation: {
        namespace: SYSTEM,
        image: "registry.test/agentkeys:1",
        command: expect.any(String),
        kubernetes: "v1.36.3",
        chain: "anvil",
        chainId: 31337,
        block: expect.any(Number),
        wallet: expect.stringMatching(/^0x/),
        balance: expect.any(String),
        operator: services.operatorOmni,
      },
      bindings: [{ binding: "team-a/research", ready: "True", missing: [], pods: { injected: 0, ready: 0 }, services: [] }],
    });
    const { out } = await machine.run(["status"]);
    expect(out).toMatch(/^operator +0x[0-9a-f]{64}$/m);
    expect(out).toMatch(/^team-a\/research +True +- +0\/0 +-$/m);
  });

  test("a chain that cannot be read is said in its line; the bindings are shown all the same", async () => {
    const { code, out } = await machine.run(["status", "--rpc-url", "http://127.0.0.1:1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^chain +not read: The RPC at 127\.0\.0\.1:1/m);
    expect(out).toContain("team-a/research");
  });
});
