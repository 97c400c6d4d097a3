import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { operatorOmni } from "@agentkeys/common/identity";
import { K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { encodeCreation } from "@agentkeys/contracts/calls";
import { deployContracts, fundWithAnvil } from "@agentkeys/contracts/deploy";
import { Contract, Wallet, type InterfaceAbi } from "ethers";
import { startAnvil, type Anvil } from "../../contracts/test/anvil.ts";
import { openBrowserSigner } from "../src/wallet/browser-signer.ts";
import { servePage } from "../src/wallet/page-server.ts";
import { BrowserWallet, connect, signAll, startBrowser, type Browser } from "./fakes/browser.ts";
import { TestMachine, type Outcome } from "./fakes/machine.ts";

let anvil: Anvil;
let browser: Browser;
let machine: TestMachine;
let wallet: BrowserWallet;
let page: Page;

beforeAll(async () => {
  [anvil, browser] = await Promise.all([startAnvil({}), startBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await anvil.stop();
});
beforeEach(async () => {
  machine = new TestMachine();
  wallet = new BrowserWallet(Wallet.createRandom().privateKey, anvil.url);
  page = await browser.tab(wallet);
});
afterEach(async () => {
  wallet.close();
  if (!page.isClosed()) await page.close();
});

const out = (): string => join(machine.folder, "chain.json");
const written = (): ChainConfig => parseChainConfig(readFileSync(out(), "utf8"));
const read = (address: string, abi: InterfaceAbi, name: string, ...args: unknown[]): Promise<unknown> =>
  new Contract(address, abi, anvil.provider).getFunction(name).staticCall(...args);

/** `agentkeys chain deploy --browser`, up to where its page can be opened. */
const startDeploy = (...more: string[]): ReturnType<typeof started> =>
  started(["chain", "deploy", "--profile", "anvil", "--rpc-url", anvil.url, "--out", out(), "--browser", "--json", ...more]);

async function started(words: readonly string[]): Promise<{ url: string; outcome: Promise<Outcome> }> {
  return await new Promise((resolve) => {
    const outcome = machine.run(words, {
      onRemark: (text) => {
        const url = /http:\/\/127\.0\.0\.1:\d+\/\S+\/$/m.exec(text)?.[0];
        if (url !== undefined) resolve({ url, outcome });
      },
    });
  });
}

/** What the page asks to sign, one after another, signing each. */
async function signAndCollect(times: number): Promise<string[]> {
  const shown: string[] = [];
  const words = page.locator(".words");
  for (let turn = 0; turn < times; turn += 1) {
    // The one before may still be shown while it is sent.
    const next = words.filter({ hasNotText: shown.at(-1) ?? "nothing yet" });
    shown.push(await next.innerText());
    await page.getByRole("button", { name: "Sign and send" }).click();
  }
  return shown;
}

describe("chain deploy with a wallet in the browser", () => {
  test("creates each contract in words that page and terminal share, by whatever account is connected", async () => {
    const { url, outcome } = await startDeploy("--forwarder", "new", "--epoch", "2");
    await page.goto(url);
    expect(await page.locator("main").innerText()).toMatch(/Choose the account that signs\. It pays/);
    await page.getByRole("button", { name: /Connect/ }).click();
    await page.getByRole("button", { name: "Sign and send" }).waitFor();
    expect(await page.locator("main").innerText()).toMatch(/Create a contract[^]*Signing this would[^]*on anvil \(chain 31337\) with 0x/);
    const shown = await signAndCollect(7);
    const done = await outcome;
    expect(done).toMatchObject({ code: 0 });
    await page.getByText("Finished").waitFor();
    const { registry, scope, epoch, lens, audit = "", forwarder = "" } = written().contracts;
    const same = (text: string): string => text.replaceAll(/0x[0-9a-fA-F]{40}/g, (address) => address.toLowerCase());
    const trusts = `it trusts forwarder ${forwarder} for good`;
    expect(shown.map(same)).toEqual([
      "create contract AgentKeysForwarder (carries what wallets signed)",
      `create contract SidecarRegistry (operators, their wallets and devices), ${trusts}`,
      `create contract AgentKeysScope (services that agents may use), its registry is ${registry}, ${trusts}`,
      `create contract K3EpochCounter (epoch of the storage key), wallet ${wallet.address.toLowerCase()} may advance it`,
      `create contract AgentKeysLens (answers services in one read), its registry is ${registry}, its scope is ${scope}, its epoch counter is ${epoch}`,
      `create contract CredentialAudit (roots of audit trees), its registry is ${registry}, ${trusts}`,
      "advance the key epoch from 1 to 2: new credentials are written under key 2",
    ]);
    for (const words of shown) expect(done.err).toContain(`to sign: ${words}\n`);
    expect(await read(registry, SidecarRegistry.abi, "isTrustedForwarder", forwarder)).toBe(true);
    expect(await read(epoch, K3EpochCounter.abi, "currentEpoch")).toBe(2n);
    expect(await read(epoch, K3EpochCounter.abi, "signerGovernance")).toBe(wallet.address);
    for (const address of [lens, audit]) expect(await anvil.provider.getCode(address)).not.toBe("0x");
    expect(done.json()).toMatchObject({ wallet: wallet.address, chain: { contracts: written().contracts } });
  });

  test("shows what each constructor is told, and the code itself, to who wants to see it", async () => {
    const { url, outcome } = await startDeploy();
    await connect(page, url);
    await signAndCollect(1);
    await page.getByText("create contract AgentKeysScope").waitFor();
    await page.getByText("What the wallet gets").click();
    const registry = /deployed SidecarRegistry at (0x\w{40})/;
    const rows = await page.locator("dl").innerText();
    expect(rows).toMatch(/new contract\s+AgentKeysScope\s+registry\s+0x\w{40}\s+trustedForwarder\s+0x0{40}\s+init code\s+0x60/);
    await page.getByRole("button", { name: "Refuse" }).click();
    const { code, err } = await outcome;
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/"reason":"wallet_rejected"/) });
    const [, address = ""] = registry.exec(err) ?? [];
    expect(rows.toLowerCase()).toContain(address);
    expect(err).toContain(`deployed and left unused: SidecarRegistry ${address}`);
    expect(existsSync(out())).toBe(false);
  });

  test("finds out a wallet that sends something else, and writes nothing", async () => {
    wallet.mind = "another transaction";
    const { url, outcome } = await startDeploy();
    await connect(page, url);
    await signAll(page, 1);
    const { code, err } = await outcome;
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringMatching(/sent another transaction[^]*nothing was deployed[^]*call_refused/),
    });
    expect(existsSync(out())).toBe(false);
  });

  test("is not asked for together with another wallet", async () => {
    const words = ["chain", "deploy", "--profile", "anvil", "--rpc-url", anvil.url, "--out", out(), "--browser", "--wallet-file", "key"];
    expect(await machine.run(words)).toMatchObject({
      code: 2,
      err: expect.stringContaining("--browser and --wallet-file exclude each other"),
    });
  });
});

test("a workstation is registered, and an auditor named, by whatever account is connected, on one page each", async () => {
  const deployer = Wallet.createRandom();
  await fundWithAnvil(anvil.url, deployer.address);
  await fundWithAnvil(anvil.url, wallet.address);
  const config = await deployContracts({ wallet: new Wallet(deployer.privateKey, anvil.provider), profile: "anvil", rpcUrls: [anvil.url] });
  writeFileSync(out(), JSON.stringify(config));
  const by = ["--chain-file", out(), "--browser"];
  const urls = ["--broker-url", "https://broker.example", "--worker-url", "https://worker.example"];
  const registering = await started(["device", "register", "openai", ...urls, ...by]);
  await connect(page, registering.url);
  const shown = await signAndCollect(3);
  expect(shown).toEqual([
    expect.stringMatching(/^register device 0x\w{64} as a master device/),
    expect.stringMatching(/^register device 0x\w{64} of an unknown agent/),
    expect.stringMatching(/^let an unknown agent 0x\w{64} use exactly openai \(read-only\)$/),
  ]);
  expect(await registering.outcome).toMatchObject({ code: 0 });
  const auditor = Wallet.createRandom().address;
  const naming = await started(["audit", "authorise", auditor, ...by, "--json"]);
  await connect(page, naming.url);
  expect(await signAndCollect(1)).toEqual([`let wallet ${auditor} append audit roots for your operator`]);
  const named = await naming.outcome;
  expect(named).toMatchObject({ code: 0 });
  expect(named.json()).toMatchObject([{ operator: operatorOmni(wallet.address), auditor, block: expect.any(Number) }]);
});

describe("what is not known", () => {
  const chain = { chainId: 31337, profile: "lab" };

  test.each<[string, (own: string) => string]>([
    ["code that is none of ours", () => "0x600160015500"],
    ["our code with something after it", (own) => `${own}00`],
    ["our code with a byte changed", (own) => own.replace(/^0x60/, "0x61")],
    ["our code without its arguments", (own) => own.slice(0, -64)],
    ["no code", () => "0x"],
  ])("as a contract is refused before page and wallet hear of it: %s", async (_what, change) => {
    const served = await servePage({ randomBytes, newId: randomUUID });
    const opened = openBrowserSigner({ page: served, chain });
    await connect(page, served.url);
    const signer = await opened;
    const data = change(encodeCreation("SidecarRegistry", [`0x${"00".repeat(20)}`]));
    await expect(signer.sendTransaction({ data, words: ["create contract SidecarRegistry"] })).rejects.toMatchObject({
      code: "call_refused",
    });
    expect(wallet.asked).not.toContain("eth_sendTransaction");
    await served.close("over");
  });

  test.each<[string, object]>([
    ["a transaction without target and contract", { kind: "sign", words: ["do it"], data: "0x6001" }],
    ["a transaction without words", { kind: "sign", words: [], to: `0x${"11".repeat(20)}`, data: "0x" }],
    ["a contract with a target", { kind: "sign", words: ["do it"], to: `0x${"11".repeat(20)}`, creates: { contract: "X", arguments: [] } }],
    ["another kind of job", { kind: "import key" }],
  ])("to the page is refused by it: %s", async (_what, job) => {
    const served = await servePage({ randomBytes, newId: randomUUID });
    const opened = openBrowserSigner({ page: served, chain });
    await connect(page, served.url);
    const { address } = await opened;
    expect(await served.ask({ account: address, chain: "lab", chainId: 31337, ...job })).toMatchObject({
      fault: { code: 4001, message: expect.stringContaining("does not know") },
    });
    await page.getByText("Nothing was signed").waitFor();
    expect(wallet.asked.filter((method) => method !== "eth_requestAccounts")).toEqual([]);
    await served.close("over");
  });
});
