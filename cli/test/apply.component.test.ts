import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { keyHex, serviceHash, type Hex } from "@agentkeys/common/identity";
import { encodeActions, type Action } from "@agentkeys/contracts/calls";
import { startProposing, type Bound, type Proposing } from "./fakes/proposing.ts";
import { TestMachine } from "./fakes/machine.ts";
import { passOn, startRpc } from "./fakes/rpc.ts";

interface Row {
  id: string;
  binding: string;
  action: string;
  words: string;
  transaction?: string;
  block?: number;
  explorer?: string;
}

let cluster: Proposing;
let machine: TestMachine;
let wallet: string[];

beforeAll(async () => {
  cluster = await startProposing();
}, 60_000);
afterAll(() => cluster.stop());
beforeEach(() => {
  machine = new TestMachine();
  cluster.install(machine);
  const file = join(machine.folder, "key");
  writeFileSync(file, keyHex(cluster.local.walletKey), { mode: 0o600 });
  wallet = ["--wallet-file", file];
});

const isGranted = async ({ actor }: Bound): Promise<boolean> => (await cluster.chain.scope(actor)).isSet;
const isRegistered = async ({ device }: Bound): Promise<boolean> => (await cluster.chain.device(device)) !== null;

describe("apply", () => {
  test("shows what would be signed in words and signs nothing when it is not wanted", async () => {
    const bound = await cluster.bind(machine, "first", ["openai", "github"]);
    const listed = await machine.run(["apply", "team-a/first", "--list"]);
    expect(listed.code).toBe(0);
    expect(listed.out).toContain(`register device ${bound.device} of agent team-a/first`);
    expect(listed.out).toContain("let agent team-a/first use exactly openai, github (read-only)");
    for (const answers of [["n"], [""], []]) {
      const outcome = await machine.run(["apply", "team-a/first", ...wallet], { answers });
      expect(outcome).toMatchObject({ code: 1, out: "" });
      expect(outcome.err).toContain(`use exactly openai, github`);
    }
    expect(machine.asked.at(-1)).toBe("Sign and send? [y/N] ");
    expect([await isRegistered(bound), await isGranted(bound)]).toEqual([false, false]);
  });

  test("signs the operator's own device, the binding's and its scope, each with its link; again there is nothing left", async () => {
    const bound = await cluster.bind(machine, "second");
    const outcome = await machine.run(["apply", "team-a/second", ...wallet, "--json"], { answers: ["y"] });
    expect(outcome).toMatchObject({ code: 0 });
    const rows = outcome.json() as Row[];
    expect(rows.map(({ action }) => action)).toEqual(["RegisterMaster", "RegisterDevice", "SetScope"]);
    for (const { transaction, explorer, block } of rows) {
      expect(explorer).toBe(`https://scan.example/tx/${transaction ?? ""}`);
      expect(block).toBeGreaterThan(0);
    }
    expect([await isRegistered(bound), await isGranted(bound)]).toEqual([true, true]);
    const again = await machine.run(["apply", "team-a/second", ...wallet, "--json"]);
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining("nothing to sign") });
    expect(again.json()).toEqual([]);
  });

  test("--all --yes takes what several bindings propose in one transaction of each kind", async () => {
    const bound = [await cluster.bind(machine, "third"), await cluster.bind(machine, "fourth")];
    const rows = (await machine.run(["apply", "--all", "--yes", ...wallet, "--json"])).json() as Row[];
    expect(rows.map(({ action }) => action)).toEqual(["RegisterDevice", "RegisterDevice", "SetScope", "SetScope"]);
    expect(new Set(rows.map(({ transaction }) => transaction)).size).toBe(2);
    for (const one of bound) expect([await isRegistered(one), await isGranted(one)]).toEqual([true, true]);
  });

  test("one that the contract refuses does not hold back its neighbours, and what was done is said exactly", async () => {
    const [good, bad] = [await cluster.bind(machine, "good"), await cluster.bind(machine, "bad")];
    const stolen: Action = { kind: "RegisterDevice", deviceKeyHash: bad.device, ...ownerOf(bad), attestation: "0x", pop: "0x" };
    bad.propose(machine, [stolen, bad.scope]);
    const outcome = await machine.run(["apply", "--all", "--yes", ...wallet]);
    expect(outcome).toMatchObject({ code: 1, out: "" });
    expect(outcome.err).toMatch(new RegExp(`applied: register device ${good.device} of agent team-a/good \\(0x[0-9a-f]{64}\\)`));
    expect(outcome.err).toMatch(new RegExp(`left: register device ${bad.device} of agent team-a/bad; let agent team-a/good`));
    expect([await isRegistered(good), await isGranted(good), await isRegistered(bad)]).toEqual([true, false, false]);
  });

  test("an RPC that dies half way leaves the rest, which the next run sends", async () => {
    const bound = await cluster.bind(machine, "halfway");
    let sent = 0;
    const rpc = await startRpc((method, body) =>
      method === "eth_sendRawTransaction" && ++sent === 2
        ? Promise.resolve({ error: { code: -32_003, message: "insufficient funds for gas * price + value" } })
        : passOn(cluster.local.url, body),
    );
    const outcome = await machine.run(["apply", "team-a/halfway", "--yes", ...wallet, "--rpc-url", rpc.url]);
    await rpc.close();
    expect(outcome).toMatchObject({
      code: 1,
      err: expect.stringMatching(/balance does not cover it[^]*applied: register device 0x\w+ of agent[^]*left: let agent/),
    });
    expect([await isRegistered(bound), await isGranted(bound)]).toEqual([true, false]);
    expect((await machine.run(["apply", "team-a/halfway", "--yes", ...wallet, "--json"])).json()).toMatchObject([{ action: "SetScope" }]);
    expect(await isGranted(bound)).toBe(true);
  });

  test("a deletion's revocation is signed like everything else", async () => {
    const bound = await cluster.bind(machine, "leaves");
    await machine.run(["apply", "team-a/leaves", "--yes", ...wallet]);
    bound.propose(machine, [
      { kind: "RevokeScope", ...ownerOf(bound) },
      { kind: "RevokeDevice", deviceKeyHash: bound.device },
    ]);
    expect(await machine.run(["apply", "team-a/leaves", "--yes", ...wallet])).toMatchObject({ code: 0 });
    expect(await isGranted(bound)).toBe(false);
    expect((await cluster.chain.device(bound.device))?.revoked).toBe(true);
  });

  test.each([[[]], [["team-a/x", "--all"]], [["team-a"]], [["team-a/x", "team-a/y"]]])("%p is called wrongly", async (words) => {
    expect(await machine.run(["apply", ...words])).toMatchObject({ code: 2 });
  });
});

const ownerOf = ({ actor }: Bound): { operatorOmni: Hex; actorOmni: Hex } => ({
  operatorOmni: cluster.chain.operatorOmni,
  actorOmni: actor,
});

describe("a status that somebody else wrote is not signed", () => {
  const first = (change: (proposal: Record<string, unknown>) => object) => (proposals: Record<string, unknown>[]) => {
    const [head, ...rest] = proposals;
    return [{ ...head, ...change(head ?? {}) }, ...rest];
  };
  const contracts = { registry: `0x${"a".repeat(40)}`, scope: `0x${"b".repeat(40)}`, epoch: "", lens: "" };
  const stranger: Hex = `0x${"9".repeat(64)}`;

  const forgeries: readonly [string, (bound: Bound, victim: Bound) => void, RegExp][] = [
    [
      "words that say something else",
      (b) =>
        b.propose(
          machine,
          [b.scope],
          first(() => ({ words: "register device 0x1" })),
        ),
      /says .*register device 0x1.*, but the transaction would: let agent/,
    ],
    [
      "another id",
      (b) =>
        b.propose(
          machine,
          [b.scope],
          first(() => ({ id: stranger })),
        ),
      /id of a proposal/,
    ],
    [
      "another chain",
      (b) =>
        b.propose(
          machine,
          [b.scope],
          first(() => ({ chainId: 1 })),
        ),
      /is for chain 1/,
    ],
    [
      "a foreign contract",
      (b) =>
        b.propose(
          machine,
          [b.scope],
          first(() => ({ to: encodeActions([b.scope], { chainId: 1, contracts })[0]?.to })),
        ),
      /no contract of this deployment/,
    ],
    [
      "an unknown function",
      (b) =>
        b.propose(
          machine,
          [b.scope],
          first(({ data }) => ({ data: `0xdeadbeef${String(data).slice(10)}` })),
        ),
      /never calls/,
    ],
    ["another operator", (b) => b.propose(machine, [{ kind: "RevokeScope", ...ownerOf(b), operatorOmni: stranger }]), /for operator 0x9+/],
    [
      "a foreign master device",
      (b) => b.propose(machine, [{ kind: "RegisterMaster", deviceKeyHash: stranger, operatorOmni: ownerOf(b).operatorOmni, roles: 7 }]),
      /not the operator's own/,
    ],
    [
      "another agent's scope",
      (b, v) => b.propose(machine, [{ kind: "RevokeScope", ...ownerOf(v) }]),
      /an unknown agent|not the binding's agent/,
    ],
    ["another device", (b) => b.propose(machine, [{ kind: "RevokeDevice", deviceKeyHash: stranger }]), /is not the binding's/],
    [
      "a service its spec does not name",
      (b) => b.propose(machine, [{ kind: "SetScope", ...ownerOf(b), services: [serviceHash("stripe")], readOnly: true }]),
      /is not in its spec\.services/,
    ],
    [
      "the right to write against its spec",
      (b) => b.propose(machine, [{ kind: "SetScope", ...ownerOf(b), services: [serviceHash("openai")], readOnly: false }]),
      /spec\.readOnly is set/,
    ],
    ["no list", (b) => b.propose(machine, [b.scope], () => "everything"), /no list/],
    ["no proposal", (b) => b.propose(machine, [b.scope], () => [null]), /malformed/],
  ];

  test.each(forgeries)("with %s", async (what, forge, why) => {
    const [victim, bound] = [await cluster.bind(machine, "victim"), await cluster.bind(machine, `forged-${what.replace(/[^a-z]+/g, "-")}`)];
    forge(bound, victim);
    const { name } = bound.binding.metadata;
    const outcome = await machine.run(["apply", `team-a/${name}`, "--yes", ...wallet, "--json"]);
    expect(outcome).toMatchObject({ code: 1, out: "", err: expect.stringMatching(why) });
    expect(JSON.parse(outcome.err)).toMatchObject({ reason: "call_refused" });
    expect([await isRegistered(bound), await isGranted(bound)]).toEqual([false, false]);
  });

  test("with a status that claims another agent's device as its own", async () => {
    const victim = await cluster.bind(machine, "owner");
    await machine.run(["apply", "team-a/owner", "--yes", ...wallet]);
    const bound = await cluster.bind(machine, "thief");
    bound.propose(machine, [{ kind: "RevokeDevice", deviceKeyHash: victim.device }]);
    const shown = await machine.kubectl.get<object>("agentkeysbindings.agentkeys.io", { namespace: "team-a", name: "thief" });
    machine.kubectl.put("agentkeysbindings.agentkeys.io", {
      ...shown,
      status: { ...(shown as { status: object }).status, deviceKeyHash: victim.device },
    } as never);
    const outcome = await machine.run(["apply", "team-a/thief", "--yes", ...wallet]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining("is another agent's") });
    expect((await cluster.chain.device(victim.device))?.revoked).toBe(false);
  });

  test("with a wallet of another operator, and without what the operator says of itself", async () => {
    await cluster.bind(machine, "mine");
    await machine.run(["init"]);
    const other = await machine.run(["apply", "team-a/mine", "--yes", "--wallet-file", machine.home("wallet")]);
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("give its master wallet") });
    machine.kubectl.remove("configmap", "agentkeys-identity");
    const unknown = await machine.run(["apply", "team-a/mine", "--yes", ...wallet]);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("ConfigMap agentkeys-system/agentkeys-identity") });
  });
});
