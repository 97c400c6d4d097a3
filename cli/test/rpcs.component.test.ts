import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendData } from "@agentkeys/common/audit-chain";
import { parseChainConfig, type ChainConfig } from "@agentkeys/common/chain";
import { listen, type Listening } from "@agentkeys/common/http";
import { bareHex, keyHex } from "@agentkeys/common/identity";
import { CredentialAudit, K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { mined } from "@agentkeys/contracts/deploy";
import { Interface, JsonRpcProvider, Wallet } from "ethers";
import { startMisbehavingRpc, type Misbehaviour, type MisbehavingRpc } from "../../contracts/test/misbehaving-rpc.ts";
import { TestMachine, type Outcome } from "./fakes/machine.ts";
import { passOn, startRpc } from "./fakes/rpc.ts";
import { startServices, type Services } from "./fakes/services.ts";

const DEAD = "http://127.0.0.1:1";
const ABI = new Interface(
  [...SidecarRegistry.abi, ...K3EpochCounter.abi, ...CredentialAudit.abi].filter(({ type }) => type === "function"),
);
/** What a liar says instead. */
const LIES: Readonly<Record<string, unknown[]>> = {
  currentEpoch: [9],
  getOperatorDevices: [[]],
  rootCount: [0],
  signerGovernance: [`0x${"66".repeat(20)}`],
};

let services: Services;
let machine: TestMachine;
let liar: { url: string; close: () => Promise<void> };
let good: [MisbehavingRpc, MisbehavingRpc];
let signer: Listening;
let walletFile: string;
/** What the signer's admin port shows: the keys of its folder, whatever they hold. */
let k3Dir: string;
const operator = (): string => bareHex(services.operatorOmni);

beforeAll(async () => {
  services = await startServices();
  liar = await startRpc(async (method, body) => {
    const answered = await passOn(services.chain.url, body);
    const [asked] = (JSON.parse(body) as { params: [{ data?: string }?] }).params;
    const name = method === "eth_call" ? ABI.getFunction((asked?.data ?? "").slice(0, 10))?.name : undefined;
    const lie = name === undefined ? undefined : LIES[name];
    if (lie !== undefined) return { result: ABI.encodeFunctionResult(name ?? "", lie) };
    return method === "eth_getTransactionReceipt" ? { result: null } : answered;
  });
  good = [await startMisbehavingRpc(services.chain.url), await startMisbehavingRpc(services.chain.url)];
  signer = await listen(
    (_request, response) => {
      const keys = folderKeys().map((epoch) => ({ epoch, fingerprint: `f${epoch}`, idle_seconds: 600 }));
      void epochOnChain().then((epoch) => response.end(JSON.stringify({ chain_epoch: epoch, keys })));
    },
    { port: 0, host: "127.0.0.1" },
  );
}, 60_000);
afterAll(async () => {
  await Promise.all([liar.close(), good[0].close(), good[1].close(), signer.close(0)]);
  await services.stop();
});
beforeEach(async () => {
  machine = new TestMachine();
  services.install(machine);
  walletFile = file("wallet", keyHex(services.chain.walletKey));
  k3Dir = join(machine.folder, "k3");
  mkdirSync(k3Dir);
  // A copy of a bucket in which nothing is left.
  mkdirSync(join(machine.folder, "audit", operator()), { recursive: true });
  for (let epoch = await epochOnChain(); epoch > 0; epoch -= 1) file(`k3/${epoch}`, "key");
});
afterEach(() => {
  for (const rpc of good) {
    rpc.does = "sound";
    rpc.calls.length = 0;
  }
});

function folderKeys(): number[] {
  return Array.from({ length: 9 }, (_none, index) => index + 1).filter((epoch) => {
    try {
      return readFileSync(join(k3Dir, String(epoch))).length > 0;
    } catch {
      return false;
    }
  });
}
async function epochOnChain(): Promise<number> {
  const call = { to: services.chain.config.contracts.epoch, data: ABI.encodeFunctionData("currentEpoch") };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [call, "latest"] });
  return Number(((await passOn(services.chain.url, body)) as { result: string }).result);
}

function file(name: string, text: string): string {
  writeFileSync(join(machine.folder, name), text, { mode: 0o600 });
  return join(machine.folder, name);
}
const ownKey = (): string[] => ["--wallet-file", walletFile];
const place = (): string[] => ["--k3-dir", k3Dir, "--signers", signer.url];
/** Options by which a command goes through these RPCs. */
function through(rpcUrls: string[], change: Partial<ChainConfig> = {}): string[] {
  return ["--chain-file", file("chain.json", JSON.stringify({ ...services.chain.config, ...change, rpcUrls }))];
}
const outvoted = (): string[] => through([liar.url, good[0].url, good[1].url], { quorum: 2 });
const failing = (): string[] => through([DEAD, good[0].url]);
async function json(argv: string[], input?: string): Promise<{ code: number; answer: Record<string, unknown>; err: string }> {
  const outcome = await machine.run([...argv, "--json"], input === undefined ? {} : { input });
  return { code: outcome.code, answer: (outcome.out === "" ? {} : outcome.json()) as Record<string, unknown>, err: outcome.err };
}

describe("a first RPC that is down", () => {
  test("stops none of the commands that read the chain", async () => {
    const epoch = await epochOnChain();
    expect(await json(["rotate", "status", ...place(), ...failing()])).toMatchObject({ code: 0, answer: { epoch } });
    expect(await json(["rotate", "reencrypt", "--dry-run", ...ownKey(), ...failing()])).toMatchObject({ code: 0, answer: { left: [] } });
    expect(await json(["migrate", "--dry-run", ...ownKey(), ...failing()])).toMatchObject({ code: 0, answer: { left: [] } });
    expect(await json(["audit", "verify", "--from", machine.folder, ...failing()])).toMatchObject({
      answer: [{ operator: operator(), rows: 0 }],
    });
  });

  test("and has no other beside it is named, and its URL's path is not", async () => {
    const outcome = await machine.run(["rotate", "status", ...place(), ...through([`${DEAD}/customer-key`])]);
    expect(outcome).toMatchObject({ code: 1, err: expect.stringMatching(/The RPC at 127\.0\.0\.1:1 could not be read \(.+\): check it/) });
    expect(outcome.err).not.toContain("customer-key");
  });
});

describe("audit roots", () => {
  const verify = (): string[] => ["audit", "verify", "--from", machine.folder, "--operator", operator()];
  const trees = async (by: string[]): Promise<unknown> => (await json([...verify(), ...by])).answer;
  const mine = (): Promise<object> =>
    passOn(services.chain.url, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "anvil_mine", params: ["0x50"] }));

  /** The root of a tree that nobody kept. */
  async function appendRoot(root: string): Promise<void> {
    const provider = new JsonRpcProvider(services.chain.url, 31337, { staticNetwork: true, pollingInterval: 20 });
    const to = services.chain.config.contracts.audit ?? "";
    const wallet = new Wallet(keyHex(services.chain.walletKey), provider);
    await mined(await wallet.sendTransaction({ to, data: appendData(operator(), [{ root: root.repeat(32), count: 3 }]) }));
    provider.destroy();
  }

  test("their auditor is named through whichever RPC is there, and it is waited until that is mined", async () => {
    const auditor = new Wallet(keyHex(services.chain.walletKey)).address;
    const { code, answer } = await json(["audit", "authorise", auditor, ...ownKey(), ...failing()]);
    expect({ code, answer }).toMatchObject({ code: 0, answer: [{ auditor, transaction: expect.any(String), block: expect.any(Number) }] });
  });

  test("are read past an RPC that is down, one that hides them, and counted once they are final", async () => {
    await appendRoot("ab");
    expect(await json([...verify(), ...failing()])).toMatchObject({
      code: 1,
      answer: [{ trees: 1, problems: [expect.stringContaining("its manifest is missing")] }],
    });
    expect(await trees(through([liar.url]))).toMatchObject([{ trees: 0 }]);
    expect(await trees(outvoted())).toMatchObject([{ trees: 1 }]);
    const final = (): string[] => through([good[0].url], { profile: "lab", finality: "finalized" });
    await mine();
    await appendRoot("cd");
    expect(await trees(final())).toMatchObject([{ trees: 1 }]);
    await mine();
    expect(await trees(final())).toMatchObject([{ trees: 2 }]);
  });
});

describe("a first RPC that lies", () => {
  test("is outvoted by two others, and makes no key, moves no epoch and retires nothing by hiding who needs a key", async () => {
    const from = await epochOnChain();
    const refused = await machine.run(["rotate", "k3", ...place(), ...ownKey(), ...through([liar.url, good[0].url], { quorum: 2 })]);
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/no 2 of 2 RPC URLs agree/) });
    expect(folderKeys()).toHaveLength(from);
    await machine.run(["credential", "put", "openai", "--binding", "team-a/research"], { input: "sk-1" });
    const rotated = await json(["rotate", "k3", ...place(), ...ownKey(), ...outvoted()]);
    expect(rotated).toMatchObject({ code: 0, answer: { from, to: from + 1, done: true } });
    expect(await epochOnChain()).toBe(from + 1);
    for (const rpc of good) expect(rpc.calls).toContain("eth_sendRawTransaction");
    const retire = ["rotate", "retire", "--epoch", String(from), "--quiet-seconds", "0", "--operators", operator()];
    const kept = await json([...retire, ...place(), ...ownKey(), ...outvoted()]);
    expect(kept).toMatchObject({ code: 1, answer: { retired: false, needing: [{ credential: "team-a/research openai" }] } });
    expect(folderKeys()).toHaveLength(from + 1);
  });
});

describe("chain deploy", () => {
  const deploy = (rpcs: string[], ...more: string[]): Promise<Outcome> => {
    const words = [
      "chain",
      "deploy",
      "--profile",
      "anvil",
      "--rpc-url",
      rpcs.join(),
      "--out",
      join(machine.folder, "new.json"),
      ...ownKey(),
    ];
    return machine.run([...words, ...more]);
  };
  const written = (): ChainConfig => parseChainConfig(readFileSync(join(machine.folder, "new.json"), "utf8"));

  test.each<Misbehaviour>(["is-deaf", "hides-receipts", "error"])(
    "goes through the other RPCs when the first one %s, and writes all of them down",
    async (does) => {
      good[0].does = does;
      const outcome = await deploy([good[0].url, good[1].url]);
      expect(outcome).toMatchObject({ code: 0, out: expect.stringMatching(/^registry +0x/m) });
      expect(written().rpcUrls).toEqual([good[0].url, good[1].url]);
      expect(good[1].calls).toContain("eth_sendRawTransaction");
    },
  );

  test("says which one does not answer, and goes on; a liar is outvoted", async () => {
    const outcome = await deploy([DEAD, liar.url, good[0].url, good[1].url], "--quorum", "2");
    expect(outcome).toMatchObject({ code: 0, err: expect.stringContaining("the RPC at 127.0.0.1:1 did not answer") });
    expect(written()).toMatchObject({ quorum: 2, rpcUrls: [DEAD, liar.url, good[0].url, good[1].url] });
  });

  test.each<[string, () => string[], string[], number, RegExp]>([
    ["one serves another chain", () => [good[0].url, good[1].url], [], 1, /serves chain 1, but profile anvil is chain 31337/],
    ["fewer than the quorum answer", () => [DEAD, good[0].url], ["--quorum", "2"], 1, /127\.0\.0\.1:1 did not answer/],
    ["the quorum is more than there are", () => [good[0].url], ["--quorum", "2"], 2, /--quorum must be/],
    ["one is given twice", () => [good[0].url, good[0].url], [], 2, /differ from each other/],
    ["one is no URL", () => [good[0].url, ""], [], 2, /http or https/],
  ])("is refused when %s", async (_what, rpcs, more, code, words) => {
    good[1].does = "wrong-chain";
    expect(await deploy(rpcs(), ...more)).toMatchObject({ code, err: expect.stringMatching(words) });
    expect(() => written()).toThrow();
  });
});
