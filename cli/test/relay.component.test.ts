import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openAuditChain } from "@agentkeys/common/audit-chain";
import { systemClock } from "@agentkeys/common/clock";
import { listen } from "@agentkeys/common/http";
import { operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { fundWithAnvil } from "@agentkeys/contracts/deploy";
import { Contract, Wallet } from "ethers";
import { scopeAbi, startChain, startRelayProcess, type RunningRelay, type TestChain } from "../../relay/test/running-relay.ts";
import { providerOf } from "../src/chain/provider.ts";
import { throughRelay, type RelayDeps } from "../src/chain/relay.ts";
import { checkRelay } from "../src/doctor/relay.ts";
import { openChainView } from "../src/chain/view.ts";
import { openMasterWallet, type MasterWallet } from "../src/chain/wallet.ts";
import { keySigner } from "../src/wallet/key-signer.ts";
import { TestMachine } from "./fakes/machine.ts";

/** Each wallet registers a device of its own. */
const deviceOf = (wallet: MasterWallet): Hex => wallet.operatorOmni;
let chain: TestChain;
let relay: RunningRelay;
let wallets = 0;
const closers: (() => void)[] = [];

beforeAll(async () => {
  chain = await startChain();
  relay = await startRelayProcess(chain);
}, 60_000);
afterAll(async () => {
  closers.forEach((close) => close());
  await relay.stop();
  await chain.stop();
});

/** A wallet without coins whose writes go through a relay. */
function relayed(url: string, change: Partial<RelayDeps> = {}): { key: string; wallet: MasterWallet } {
  const key = `0x${(wallets += 1).toString(16).padStart(64, "5")}`;
  const provider = providerOf(chain.config);
  closers.push(() => provider.destroy());
  const signer = keySigner(Secret.of(Buffer.from(key.slice(2), "hex")), provider);
  const deps = { url, chain: chain.config, signer, provider, clock: systemClock, signal: new AbortController().signal, ...change };
  return { key, wallet: openMasterWallet(chain.config, signer, throughRelay(deps)) };
}

describe("a wallet without coins", () => {
  test("registers, grants, revokes and names its auditor through a relay, and the chain shows it", async () => {
    const { wallet } = relayed(relay.url);
    const sent = await wallet.registerMasterDevice(deviceOf(wallet));
    expect(sent).toMatchObject({ hash: expect.stringMatching(/^0x[0-9a-f]{64}$/), block: expect.any(Number) });
    await wallet.setScope(wallet.operatorOmni, ["openai"], true);
    const scope = new Contract(chain.contracts.scope, scopeAbi, chain.anvil.provider);
    const isInScope = (): Promise<unknown> =>
      scope.getFunction("isServiceInScope").staticCall(wallet.operatorOmni, wallet.operatorOmni, serviceHash("openai"));
    expect(await isInScope()).toBe(true);
    await wallet.revokeScope(wallet.operatorOmni);
    expect(await isInScope()).toBe(false);
    const auditor = Wallet.createRandom().address;
    await wallet.setAuditor(auditor);
    const audit = openAuditChain(chain.anvil.provider, String(chain.contracts.audit));
    expect(await audit.auditorOf(wallet.operatorOmni.slice(2))).toBe(auditor.toLowerCase());
    expect(await chain.anvil.provider.getBalance(wallet.address)).toBe(0n);
  });

  test("is told the contract's own refusal, before anything is signed", async () => {
    const { wallet } = relayed(relay.url);
    await expect(wallet.revokeScope(wallet.operatorOmni)).rejects.toThrow(/OperatorNotRegistered/);
  });
});

describe("a workstation of a wallet without coins", () => {
  test("is registered and revoked through a relay; a device that is unknown or revoked already is told before anything is signed", async () => {
    const machine = new TestMachine();
    const key = Wallet.createRandom();
    const [keyFile, chainFile] = [join(machine.folder, "key"), join(machine.folder, "chain.json")];
    writeFileSync(keyFile, key.privateKey, { mode: 0o600 });
    writeFileSync(chainFile, readFileSync(join(chain.folder, "chain.json")));
    const by = ["--wallet-file", keyFile, "--chain-file", chainFile, "--relay", relay.url, "--json"];
    const urls = ["--broker-url", "https://broker.example", "--worker-url", "https://worker.example"];
    const registered = await machine.run(["device", "register", "openai", "--actor", "desk", ...urls, ...by]);
    expect(registered).toMatchObject({ code: 0 });
    const { deviceKeyHash } = registered.json() as { deviceKeyHash: Hex };
    const down = await machine.run(["device", "revoke", ...by.map((word) => (word === relay.url ? "http://127.0.0.1:1" : word))]);
    expect(down).toMatchObject({ code: 1, err: expect.stringContaining("without --relay") });
    const view = openChainView(chain.config);
    closers.push(() => view.close());
    expect(await view.device(deviceKeyHash)).toMatchObject({ isMaster: false, revoked: false });
    const revoked = await machine.run(["device", "revoke", ...by]);
    expect(revoked).toMatchObject({ code: 0 });
    expect(revoked.json()).toEqual([{ device: deviceKeyHash, transaction: expect.stringMatching(/^0x/), block: expect.any(Number) }]);
    expect(await view.device(deviceKeyHash)).toMatchObject({ revoked: true });
    expect(await chain.anvil.provider.getBalance(key.address)).toBe(0n);
    expect(await machine.run(["device", "revoke", ...by])).toMatchObject({ code: 1, err: expect.stringContaining("revoked already") });
    const unknown = await machine.run(["device", "revoke", `0x${"ab".repeat(32)}`, ...by]);
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("is not registered") });
  });
});

describe("a relay", () => {
  test("is known by its answer", async () => {
    expect(await checkRelay(relay.url)).toMatchObject({ ok: true });
  });

  test("that is down leaves the wallet's own way, and says so", async () => {
    const { key, wallet } = relayed("http://127.0.0.1:1");
    await expect(wallet.registerMasterDevice(deviceOf(wallet))).rejects.toMatchObject({
      code: "relay_unavailable",
      publicMessage: expect.stringContaining("without --relay"),
    });
    const machine = new TestMachine();
    const [keyFile, chainFile] = [join(machine.folder, "key"), join(machine.folder, "chain.json")];
    writeFileSync(keyFile, key.slice(2), { mode: 0o600 });
    writeFileSync(chainFile, readFileSync(join(chain.folder, "chain.json")));
    const operator = operatorOmni(wallet.address);
    const binding = {
      metadata: { namespace: "team-a", name: "research" },
      spec: { services: [{ name: "openai" }] },
      status: { actorOmni: operator, operatorOmni: operator, deviceKeyHash: deviceOf(wallet) },
    };
    machine.kubectl.put("agentkeysbindings.agentkeys.io", binding);
    await fundWithAnvil(chain.anvil.url, wallet.address);
    const own = { ...chain.config, rpcUrls: [chain.anvil.url] };
    const provider = providerOf(own);
    await new Contract(
      chain.contracts.registry,
      ["function registerMasterDevice(bytes32,bytes32,bytes32,uint8,bytes)"],
      new Wallet(key, provider),
    )
      .getFunction("registerMasterDevice")
      .send(deviceOf(wallet), operator, operator, 1, "0x");
    provider.destroy();
    const grant = ["grant", "team-a/research", "openai", "--wallet-file", keyFile, "--chain-file", chainFile];
    expect(await machine.run([...grant, "--relay", "http://127.0.0.1:1"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("without --relay"),
    });
    expect(await machine.run([...grant, "--relay", relay.url])).toMatchObject({ code: 0 });
    expect(await machine.run(grant)).toMatchObject({ code: 0 });
  });

  test("that says done for what the chain does not show is not believed", async () => {
    const { hash } = await new Wallet(`0x${"42".repeat(32)}`, chain.anvil.provider).sendTransaction({
      to: chain.contracts.scope,
      value: 0n,
      data: "0x",
      gasLimit: 100_000n,
    });
    const liar = await listen(
      (request, response) => {
        request.resume();
        const body = request.method === "POST" ? { status: "accepted" } : { status: "done", transaction: hash };
        response.writeHead(request.method === "POST" ? 202 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
      },
      { port: 0, host: "127.0.0.1" },
    );
    const { wallet } = relayed(liar.url);
    await expect(wallet.registerMasterDevice(deviceOf(wallet))).rejects.toMatchObject({ code: "call_refused" });
    await liar.close(0);
  });

  test.each([
    ["http://relay.example", "https URL"],
    ["ftp://127.0.0.1", "https URL"],
    ["https://user:canary@relay.example", "https URL"],
    ["relay", "https URL"],
  ])("at %s is not called", (url, words) => {
    expect(() => relayed(url)).toThrow(words);
  });

  test("can do nothing where the contracts trust no forwarder", () => {
    const { registry, scope, epoch, lens } = chain.contracts;
    const contracts = { registry, scope, epoch, lens };
    expect(() => relayed(relay.url, { chain: { ...chain.config, contracts } })).toThrow(/trust no forwarder.*without --relay/);
  });
});

describe("--chain", () => {
  test("takes a chain kept beside the keys, and says what to do when there is none", async () => {
    const machine = new TestMachine();
    const folder = join(machine.folder, ".config", "agentkeys", "chains");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "mine.json"), readFileSync(join(chain.folder, "chain.json")));
    machine.kubectl.put("agentkeysbindings.agentkeys.io", {
      metadata: { namespace: "team-a", name: "research" },
      ...{ status: { actorOmni: `0x${"0a".repeat(32)}`, operatorOmni: `0x${"0b".repeat(32)}` } },
    });
    const grant = (...more: string[]): ReturnType<TestMachine["run"]> => machine.run(["grant", "team-a/research", "openai", ...more]);
    expect((await machine.run(["doctor", "--chain", "mine"])).out).toContain("anvil (31337) at block");
    const missing = await grant("--chain", "base");
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining("agentkeys chain deploy --profile base") });
    expect(await grant("--chain", "../mine")).toMatchObject({ code: 2 });
    expect(await grant("--chain", "mine", "--chain-file", "x")).toMatchObject({ code: 2 });
  });

  test("is what chain deploy --name keeps; a chain of one's own has any other name and its id", async () => {
    const machine = new TestMachine();
    await machine.run(["init"]);
    const deploy = ["chain", "deploy", "--profile", "own", "--rpc-url", chain.anvil.url, "--out", join(machine.folder, "chain.json")];
    expect(await machine.run(deploy)).toMatchObject({ code: 2, err: expect.stringContaining("--chain-id") });
    const address = /wallet +(0x[0-9a-fA-F]{40})/.exec((await machine.run(["init"])).out)?.[1] ?? "";
    await fundWithAnvil(chain.anvil.url, address);
    expect(await machine.run([...deploy, "--chain-id", "31337", "--name", "own"])).toMatchObject({ code: 0 });
    const view = openChainView(
      JSON.parse(readFileSync(join(machine.folder, ".config", "agentkeys", "chains", "own.json"), "utf8")) as never,
    );
    closers.push(() => view.close());
    expect(await view.blockNumber()).toBeGreaterThan(0);
  });
});
