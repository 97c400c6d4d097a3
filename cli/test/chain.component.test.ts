import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Contract, Wallet } from "ethers";
import { SidecarRegistry } from "@agentkeys/contracts";
import { openChainReader, parseChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { keyHex, operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { captureLog } from "@agentkeys/common/testing";
import { openChainWriter, type ChainWriter } from "../../operator/src/chain/index.ts";
import { providerFor } from "../src/chain/provider.ts";
import { openChainView } from "../src/chain/view.ts";
import { TestMachine } from "./fakes/machine.ts";
import { passOn, startRpc } from "./fakes/rpc.ts";
import { startServices, type Services } from "./fakes/services.ts";

let services: Services;
let writer: ChainWriter;
let machine: TestMachine;
let url: string;

beforeAll(async () => {
  services = await startServices();
  url = services.chain.url;
  writer = openChainWriter(services.chain.config, services.chain.walletKey, captureLog().log);
}, 60_000);
afterAll(async () => {
  writer.close();
  await services.stop();
});
beforeEach(() => {
  machine = new TestMachine();
  services.install(machine);
});

interface Made {
  folder: string;
  wallet: string;
  operatorOmni: string;
  deviceKeyHash: string;
}

describe("init", () => {
  test("makes a folder and two keys nobody else may read, and prints none of them", async () => {
    const outcome = await machine.run(["init", "--json"]);
    const made = outcome.json() as Made;
    expect(outcome).toMatchObject({ code: 0, err: expect.stringContaining("next: agentkeys chain deploy") });
    expect(made).toMatchObject({ folder: machine.home(), operatorOmni: operatorOmni(made.wallet) });
    expect(statSync(machine.home()).mode & 0o777).toBe(0o700);
    for (const name of ["wallet", "device"]) {
      expect(statSync(machine.home(name)).mode & 0o777).toBe(0o600);
      expect(outcome.out + outcome.err).not.toContain(readFileSync(machine.home(name), "utf8").trim().slice(2));
    }
    expect(readdirSync(machine.home()).sort()).toEqual(["device", "wallet"]);
  });

  test("again changes nothing; another wallet never replaces the one that is there", async () => {
    const first = (await machine.run(["init", "--json"])).json();
    expect((await machine.run(["init", "--json"])).json()).toEqual(first);
    const file = join(machine.folder, "other");
    writeFileSync(file, "11".repeat(32), { mode: 0o600 });
    const refused = await machine.run(["init", "--wallet-file", file]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("move it away first") });
    expect((await machine.run(["init", "--json"])).json()).toEqual(first);
  });

  test("takes a wallet from a file, and follows XDG_CONFIG_HOME", async () => {
    machine.env = { ...machine.env, XDG_CONFIG_HOME: join(machine.folder, "xdg") };
    const file = join(machine.folder, "key");
    writeFileSync(file, "22".repeat(32), { mode: 0o600 });
    const made = (await machine.run(["init", "--wallet-file", file, "--json"])).json() as Made;
    expect(made).toMatchObject({ wallet: new Wallet(`0x${"22".repeat(32)}`).address, folder: join(machine.folder, "xdg", "agentkeys") });
    expect(existsSync(machine.home())).toBe(false);
  });

  test("a folder open to others is refused before a key is written into it", async () => {
    mkdirSync(machine.home(), { recursive: true });
    chmodSync(machine.home(), 0o755);
    expect(await machine.run(["init"])).toMatchObject({ code: 1, err: expect.stringContaining("chmod 700") });
    expect(readdirSync(machine.home())).toEqual([]);
  });

  test("a key file that is none is told by name, without its content", async () => {
    const file = join(machine.folder, "no-key");
    writeFileSync(file, "sk-canary-instead-of-a-key", { mode: 0o600 });
    const outcome = await machine.run(["init", "--wallet-file", file]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining("no-key") });
    expect(outcome.err).not.toContain("canary");
  });
});

describe("chain deploy", () => {
  const deploy = (...more: string[]): string[] => ["chain", "deploy", "--profile", "anvil", "--rpc-url", url, ...more];

  test("deploys with the wallet of init, which it funds on anvil, and writes the file the chart reads", async () => {
    await machine.run(["init"]);
    const out = join(machine.folder, "chain.json");
    const outcome = await machine.run(deploy("--out", out, "--json"));
    expect(outcome).toMatchObject({ code: 0 });
    const config = parseChainConfig(readFileSync(out, "utf8"));
    expect(Object.keys(config.contracts).sort()).toEqual(["audit", "epoch", "lens", "registry", "scope"]);
    expect(outcome.err.match(/^deployed /gm)?.length).toBe(5);
    expect(config).toMatchObject({ profile: "anvil", chainId: 31337, rpcUrls: [url] });
    expect(outcome.json()).toMatchObject({ file: out, chain: { contracts: config.contracts } });
    const view = openChainView(config);
    for (const address of Object.values(config.contracts)) expect(await view.hasCode(String(address))).toBe(true);
    view.close();
    expect(readdirSync(machine.folder).sort()).toEqual([".config", "chain.json"]);
  });

  test("a forwarder of its own is deployed when asked for, and registry and scope trust it", async () => {
    await machine.run(["init"]);
    const out = join(machine.folder, "chain.json");
    const outcome = await machine.run(deploy("--out", out, "--forwarder", "new"));
    expect(outcome).toMatchObject({ code: 0, out: expect.stringMatching(/^forwarder +0x[0-9a-f]{40}$/m) });
    const { contracts } = parseChainConfig(readFileSync(out, "utf8"));
    const provider = providerFor(url, 31337);
    const trusts = (address: string): Promise<unknown> =>
      new Contract(address, SidecarRegistry.abi, provider).getFunction("isTrustedForwarder").staticCall(contracts.forwarder);
    expect([await trusts(contracts.registry), await trusts(contracts.scope)]).toEqual([true, true]);
    provider.destroy();
  });

  test("a deployment that moves here begins at its key epoch, under which its credentials are sealed", async () => {
    await machine.run(["init"]);
    const out = join(machine.folder, "chain.json");
    expect(await machine.run(deploy("--out", out, "--epoch", "3"))).toMatchObject({ code: 0 });
    const reader = openChainReader(parseChainConfig(readFileSync(out, "utf8")), { clock: systemClock });
    expect(await reader.currentEpoch()).toBe(3);
    reader.close();
  });

  test("an existing file is not replaced, and nothing is deployed for it", async () => {
    await machine.run(["init"]);
    const out = join(machine.folder, "chain.json");
    writeFileSync(out, "mine");
    const outcome = await machine.run(deploy("--out", out));
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining("give another --out") });
    expect(readFileSync(out, "utf8")).toBe("mine");
  });

  test.each([
    [["--profile", "base"], 1, /serves chain 31337, but profile base is chain 8453/],
    [["--profile", "moon"], 2, /use one of heima, base, base-sepolia, sepolia, ethereum, anvil/],
    [["--rpc-url", "file:///etc/passwd"], 2, /http or https/],
    [["--rpc-url", "http://127.0.0.1:1"], 1, /did not answer/],
    [["--governance", "0x12"], 2, /40 hex digits/],
    [["--out", "/nonexistent/chain.json"], 1, /\/nonexistent is no folder that you may write/],
    [["--epoch", "0"], 2, /from 1 to 255/],
    [["--epoch", "256"], 2, /from 1 to 255/],
    [["--epoch", "2", "--governance", `0x${"12".repeat(20)}`], 2, /leave --governance out/],
  ])("%p is refused with what to do, and no file is written", async (more, code, words) => {
    await machine.run(["init"]);
    const out = join(machine.folder, "chain.json");
    expect(await machine.run(deploy("--out", out, ...more))).toMatchObject({ code, err: expect.stringMatching(words) });
    expect(existsSync(out)).toBe(false);
  });

  test("no wallet, and one without balance on a chain that gives none, are told", async () => {
    const out = join(machine.folder, "chain.json");
    expect(await machine.run(deploy("--out", out))).toMatchObject({ code: 1, err: expect.stringContaining("run agentkeys init") });
    await machine.run(["init"]);
    const rpc = await startRpc((method) => Promise.resolve({ result: method === "eth_chainId" ? "0x2105" : "0x0" }));
    const outcome = await machine.run(["chain", "deploy", "--profile", "base", "--rpc-url", rpc.url, "--out", out]);
    await rpc.close();
    expect(outcome).toMatchObject({ code: 1, err: expect.stringMatching(/has no balance on base \(chain 8453\): send it coins/) });
    expect(existsSync(out)).toBe(false);
  });

  test("a deployment that stops half way writes nothing and says what it left behind", async () => {
    await machine.run(["init"]);
    let sent = 0;
    const rpc = await startRpc(async (method, body) => {
      if (method === "eth_sendRawTransaction" && ++sent === 3)
        return { error: { code: -32_003, message: "insufficient funds for gas * price + value" } };
      return await passOn(url, body);
    });
    const out = join(machine.folder, "chain.json");
    const outcome = await machine.run(deploy("--out", out, "--rpc-url", rpc.url));
    await rpc.close();
    expect(outcome).toMatchObject({ code: 1, out: "" });
    expect(outcome.err).toMatch(
      /The deployment stopped: .*balance.*No file was written; deployed and left unused: SidecarRegistry 0x\w+, AgentKeysScope 0x\w+\. Run it again/,
    );
    expect(readdirSync(machine.folder)).toEqual([".config"]);
  });
});

describe("grant and revoke", () => {
  const scope = async (): Promise<{ services: string[]; readOnly: boolean; isSet: boolean }> => writer.scope(services.actorOmni);

  test("the evaluation wallet and the cluster's chain are found without a flag, and said so", async () => {
    const outcome = await machine.run(["grant", "team-a/research", "openai", "github"]);
    expect(outcome).toMatchObject({ code: 0, err: expect.stringMatching(/^evaluation: using the wallet of Secret/) });
    expect(await scope()).toEqual({ services: [serviceHash("openai"), serviceHash("github")], readOnly: true, isSet: true });
    expect(machine.kubectl.open.size).toBe(0);
    expect(await machine.run(["grant", "team-a/research", "openai", "--read-write"])).toMatchObject({ code: 0 });
    expect(await scope()).toMatchObject({ services: [serviceHash("openai")], readOnly: false });
  });

  test("a wallet file and an RPC URL stand in for the cluster's, as from outside it", async () => {
    const file = join(machine.folder, "key");
    writeFileSync(file, keyHex(services.chain.walletKey), { mode: 0o600 });
    machine.kubectl.ports.clear();
    const outcome = await machine.run(["revoke", "team-a/research", "--wallet-file", file, "--rpc-url", url, "--json"]);
    const wallet = new Wallet(keyHex(services.chain.walletKey)).address;
    expect(outcome.json()).toEqual([{ wallet, transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/), block: expect.any(Number) }]);
    expect(await scope()).toMatchObject({ isSet: false });
  });

  test("what the contract refuses is told by its name", async () => {
    const outcome = await machine.run(["revoke", "team-a/research"]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringMatching(/did not take RevokeScope .*ScopeNotSet/) });
  });

  test("--device revokes the device for good", async () => {
    expect(await machine.run(["revoke", "team-a/research", "--device"])).toMatchObject({ code: 0 });
    expect(await writer.device(services.deviceKeyHash)).toMatchObject({ revoked: true });
  });

  test.each([
    [["grant", "team-a/research"]],
    [["grant", "team-a/research", "../x"]],
    [["grant", "team-a", "openai"]],
    [["grant", "team-a/research", "openai", "--read-only", "--read-write"]],
    [["revoke", "team-a/research", "openai"]],
    [["revoke", "--all"]],
  ])("%p is called wrongly", async (argv) => {
    const outcome = await machine.run(argv);
    expect(outcome.code).toBe(2);
    expect(outcome.err).not.toBe("");
  });

  test("an RPC that is down is named with its host", async () => {
    const outcome = await machine.run(["revoke", "team-a/research", "--rpc-url", "http://127.0.0.1:1"]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringContaining("did not take RevokeScope") });
  });
});
