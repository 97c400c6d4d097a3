import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AgentKeysScope, SidecarRegistry } from "@agentkeys/contracts";
import { deployContracts, mined } from "@agentkeys/contracts/deploy";
import { FailoverProvider, openChainReader, watchChain, type ChainConfig, type ChainReader } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { operatorOmni, serviceHash } from "@agentkeys/common/identity";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import { createJournal, openSender, type Journal, type Sender } from "@agentkeys/common/transactions";
import { Contract, Interface, Wallet, type InterfaceAbi } from "ethers";
import { startAnvil, type Anvil } from "./anvil.ts";
import { startMisbehavingRpc, type Misbehaviour, type MisbehavingRpc } from "./misbehaving-rpc.ts";

const master = new Wallet(`0x${"42".repeat(32)}`);
const operator = operatorOmni(master.address);
const question = {
  deviceKeyHash: `0x${"01".repeat(32)}` as const,
  operatorOmni: operator,
  actorOmni: operator,
  serviceHash: serviceHash("openai"),
};
const REST_MS = 6000;
let anvil: Anvil;
let config: ChainConfig;
let rpcs: [MisbehavingRpc, MisbehavingRpc, MisbehavingRpc];
let faults: string[];
let clock: FakeClock;
const closers: { close(): void }[] = [];

beforeAll(async () => {
  anvil = await startAnvil({ wallets: [master] });
  config = await deployContracts({ wallet: master.connect(anvil.provider), profile: "anvil", rpcUrls: [anvil.url] });
  await write(config.contracts.registry, SidecarRegistry.abi, "registerMasterDevice", question.deviceKeyHash, operator, operator, 7, "0x");
  rpcs = [await startMisbehavingRpc(anvil.url), await startMisbehavingRpc(anvil.url), await startMisbehavingRpc(anvil.url)];
}, 60_000);
beforeEach(async () => {
  for (const rpc of rpcs) {
    rpc.does = "sound";
    rpc.calls.length = 0;
  }
  faults = [];
  clock = new FakeClock(await now());
  await grant();
});
afterEach(() => closers.splice(0).forEach((each) => each.close()));
afterAll(async () => {
  for (const rpc of rpcs) await rpc.close();
  await anvil.stop();
});

async function now(): Promise<number> {
  return (await anvil.provider.getBlock("latest"))?.timestamp ?? 0;
}

async function write(to: string, abi: InterfaceAbi, name: string, ...args: unknown[]): Promise<void> {
  await mined(await new Contract(to, abi, master.connect(anvil.provider)).getFunction(name).send(...args));
}

const grant = (): Promise<void> =>
  write(config.contracts.scope, AgentKeysScope.abi, "setScope", operator, operator, [question.serviceHash], false);
const revoke = (): Promise<void> => write(config.contracts.scope, AgentKeysScope.abi, "revokeScope", operator, operator);

const onFault = (rpc: number, reason: string): void => void faults.push(`${rpc} ${reason}`);

function reader(of: { urls: number; quorum?: number; maxAgeSeconds?: number }): ChainReader {
  const { urls, ...change } = of;
  const opened = openChainReader(
    { ...config, ...change, rpcUrls: rpcs.slice(0, urls).map(({ url }) => url) },
    { clock, timeoutMs: 300, onFault },
  );
  closers.push(opened);
  return opened;
}

const SEEN: [Misbehaviour, string][] = [
  ["down", "unreachable"],
  ["error", "status"],
  ["html", "malformed"],
  ["short", "malformed"],
  ["wrong-chain", "wrong-chain"],
  ["drips", "timeout"],
  ["hangs", "timeout"],
];

describe("an RPC", () => {
  test.each(SEEN)("that %s is refused by that name, and passed over when there is another", async (does, reason) => {
    rpcs[0].does = does;
    await expect(reader({ urls: 1 }).capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
    expect(faults).toEqual([`0 ${reason}`]);
    const two = reader({ urls: 2 });
    expect(await two.capFacts(question)).toMatchObject({ inScope: true });
    expect(faults).toEqual([`0 ${reason}`, `0 ${reason}`]);
    rpcs[0].calls.length = 0;
    expect(await two.capFacts(question)).toMatchObject({ inScope: true });
    expect(rpcs[0].calls).toEqual([]);
  });

  test("that lies is outvoted, and believed by nobody when it is one of two", async () => {
    rpcs[0].does = "lies";
    expect(await reader({ urls: 3, quorum: 2 }).capFacts(question)).toMatchObject({ inScope: true });
    await revoke();
    expect(await reader({ urls: 3, quorum: 2 }).capFacts(question)).toMatchObject({ inScope: false });
    await expect(reader({ urls: 2, quorum: 2 }).capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
  });

  test("that lags behind another is passed over, although its view is young enough", async () => {
    const two = reader({ urls: 2, maxAgeSeconds: 600 });
    rpcs[0].does = "lags";
    expect(await two.capFacts(question)).toMatchObject({ inScope: true });
    await anvil.provider.send("evm_increaseTime", [20]);
    await revoke();
    clock.advance(20_000);
    await until(async () => !(await two.capFacts(question)).inScope);
    expect(faults).toEqual(["0 lagging"]);
  });

  test("that is preferred is asked again once it is well, without a restart", async () => {
    rpcs[0].does = "hangs";
    const two = reader({ urls: 2 });
    await two.capFacts(question);
    rpcs[0].does = "sound";
    clock.advance(REST_MS);
    await two.capFacts(question);
    await until(() => rpcs[0].calls.filter((method) => method === "eth_call").length > 0);
    await until(async () => {
      rpcs[1].calls.length = 0;
      await two.capFacts(question);
      return rpcs[1].calls.length === 0;
    });
  });

  test("that serves another chain after it was away is noticed", async () => {
    const two = reader({ urls: 2 });
    await two.capFacts(question);
    rpcs[0].does = "down";
    await two.capFacts(question);
    rpcs[0].does = "wrong-chain";
    clock.advance(REST_MS);
    expect(await two.capFacts(question)).toMatchObject({ inScope: true });
    await until(() => faults.includes("0 wrong-chain"));
  });
});

describe("a provider of several RPCs", () => {
  function provider(of: { urls: number; quorum?: number }): FailoverProvider {
    const { urls, quorum = 1 } = of;
    const rpcUrls = rpcs.slice(0, urls).map(({ url }) => url);
    const opened = new FailoverProvider({ rpcUrls, chainId: 31337, clock: systemClock, timeoutMs: 500, onFault, quorum });
    closers.push({ close: () => opened.destroy() });
    return opened;
  }
  const walletOf = (on: FailoverProvider): Promise<unknown> =>
    new Contract(config.contracts.registry, SidecarRegistry.abi, on).getFunction("operatorMasterWallet").staticCall(operator);
  const write = async (on: FailoverProvider): Promise<{ hash: string; status: number | null | undefined }> => {
    const scope = new Contract(config.contracts.scope, AgentKeysScope.abi, master.connect(on));
    const { hash } = (await scope.getFunction("setScope").send(operator, operator, [], true)) as { hash: string };
    await until(async () => (await on.getTransactionReceipt(hash)) !== null);
    return { hash, status: (await on.getTransactionReceipt(hash))?.status };
  };

  test("believes what a quorum says alike, and nothing when there is none", async () => {
    rpcs[0].does = "lies";
    expect(await walletOf(provider({ urls: 3, quorum: 2 }))).toBe(master.address);
    await expect(walletOf(provider({ urls: 2, quorum: 2 }))).rejects.toThrow(/no 2 of 2 RPC URLs agree/);
    rpcs[0].does = "down";
    expect(await walletOf(provider({ urls: 3, quorum: 2 }))).toBe(master.address);
    await expect(walletOf(provider({ urls: 2, quorum: 2 }))).rejects.toThrow(/no 2 of 2 RPC URLs agree/);
    expect(await walletOf(provider({ urls: 2 }))).toBe(master.address);
  });

  test("finds the logs that its liar hides, and the contract's own refusal", async () => {
    rpcs[0].does = "hides-events";
    const three = provider({ urls: 3, quorum: 2 });
    expect((await three.getLogs({ address: config.contracts.registry, fromBlock: 0 })).length).toBeGreaterThan(0);
    await revoke();
    const refused: unknown = await three
      .call({
        from: master.address,
        to: config.contracts.scope,
        data: new Interface(AgentKeysScope.abi).encodeFunctionData("revokeScope", [operator, operator]),
      })
      .catch((fault: unknown) => fault);
    expect(new Interface(AgentKeysScope.abi).parseError(String((refused as { data?: unknown }).data))?.name).toBe("ScopeNotSet");
  });

  test.each<Misbehaviour>(["down", "hangs", "is-deaf", "hides-receipts", "swallows"])(
    "hands a transaction to every one, and one that %s keeps nobody from knowing what became of it",
    async (does) => {
      rpcs[0].does = does;
      expect(await write(provider({ urls: 2 }))).toMatchObject({ status: 1 });
      for (const rpc of rpcs.slice(does === "down" || does === "hangs" ? 1 : 0, 2)) expect(rpc.calls).toContain("eth_sendRawTransaction");
    },
  );

  test("takes neither a liar's count nor its receipts", async () => {
    rpcs[0].does = "lies";
    expect(await write(provider({ urls: 3, quorum: 2 }))).toMatchObject({ status: 1 });
  });

  test("knows no receipt that fewer than a quorum tell of", async () => {
    const { hash } = await write(provider({ urls: 1 }));
    for (const rpc of [rpcs[0], rpcs[1]]) rpc.does = "hides-receipts";
    expect(await provider({ urls: 3, quorum: 2 }).getTransactionReceipt(hash)).toBeNull();
    expect(await provider({ urls: 3 }).getTransactionReceipt(hash)).toMatchObject({ status: 1 });
  });
});

describe("events", () => {
  const follow = (chain: ChainReader): { kinds: string[]; polls: () => number; stop: () => Promise<void> } => {
    const kinds: string[] = [];
    let polls = 0;
    const stop = new AbortController();
    const onChange = ({ fresh }: { fresh: readonly { kind: string }[] }): Promise<void> => {
      kinds.push(...fresh.map(({ kind }) => kind));
      return Promise.resolve();
    };
    const onRead = (): void => void (polls += 1);
    const done = watchChain({ chain, clock: { ...systemClock }, log: captureLog().log, pollMs: 10, onChange, onRead }, stop.signal);
    return { kinds, polls: () => polls, stop: () => (stop.abort(), done) };
  };

  test("that a quorum's liar hides are seen all the same", async () => {
    rpcs[0].does = "hides-events";
    const following = follow(reader({ urls: 3, quorum: 2 }));
    await until(() => following.polls() > 0);
    await revoke();
    await until(() => following.kinds.includes("ScopeRevoked"));
    await following.stop();
    expect(following.kinds).toEqual(["ScopeRevoked"]);
  });

  test("that a lagging node has not seen are not passed over: the next one is asked", async () => {
    rpcs[0].does = "lags";
    const following = follow(reader({ urls: 2 }));
    await until(() => following.polls() > 0);
    rpcs[0].does = "down";
    await revoke();
    await until(() => following.kinds.includes("ScopeRevoked"));
    const head = await anvil.provider.getBlockNumber();
    rpcs[0].does = "lags";
    await following.stop();
    await anvil.provider.send("anvil_mine", ["0x1"]);
    await expect(reader({ urls: 1 }).events(head, head + 1)).rejects.toMatchObject({ code: "chain_rpc_error" });
    expect(faults).toContain("0 lagging");
    expect(await reader({ urls: 2 }).events(head, head + 1)).toMatchObject([{ kind: "ScopeRevoked" }]);
  });
});

describe("a transaction", () => {
  const scopeAbi = new Interface(AgentKeysScope.abi);
  const granting = (name = "setScope", ...more: unknown[]): { to: string; data: string } => ({
    to: config.contracts.scope,
    data: scopeAbi.encodeFunctionData(name, [operator, operator, ...more]),
  });
  const call = (): { to: string; data: string } => granting("setScope", [question.serviceHash], false);

  function sender(of: { urls: number; quorum?: number; waitMs?: number; replaceAfterMs?: number; journal?: Journal }): Sender {
    const { urls, quorum = 1, waitMs = 5000, replaceAfterMs = 60_000, journal = createJournal() } = of;
    const rpcUrls = rpcs.slice(0, urls).map(({ url }) => url);
    const provider = new FailoverProvider({ rpcUrls, chainId: 31337, clock: systemClock, timeoutMs: 500, onFault });
    closers.push({ close: () => provider.destroy() });
    return openSender({ provider, wallet: master, journal, clock: systemClock, quorum, pollMs: 20, waitMs, replaceAfterMs });
  }
  const sent = (): Promise<number> => anvil.provider.getTransactionCount(master.address);

  test.each<Misbehaviour>(["down", "error", "html", "wrong-chain", "hangs", "is-deaf", "hides-receipts"])(
    "goes through the other RPC when the first one %s, once",
    async (does) => {
      const before = await sent();
      const two = sender({ urls: 2 });
      rpcs[0].does = does;
      expect(await two.send(call())).toMatchObject({ hash: expect.stringMatching(/^0x/) });
      expect(await sent()).toBe(before + 1);
    },
  );

  test("that an RPC took without saying so is found mined, not sent again", async () => {
    const before = await sent();
    rpcs[0].does = "swallows";
    rpcs[1].does = "is-deaf";
    await sender({ urls: 2 }).send(call());
    expect(await sent()).toBe(before + 1);
  });

  test("that the chain refuses is refused once, by the contract's own error, and leaves nothing behind", async () => {
    await revoke();
    const journal = createJournal();
    const refused: unknown = await sender({ urls: 2, journal })
      .send(granting("revokeScope"))
      .catch((fault: unknown) => fault);
    expect(scopeAbi.parseError(String((refused as { data?: unknown }).data))?.name).toBe("ScopeNotSet");
    expect([journal.load(), faults]).toEqual([null, []]);
  });

  test("that was given up is not doubled by its repetition: both have one nonce", async () => {
    const before = await sent();
    await anvil.provider.send("evm_setAutomine", [false]);
    try {
      const two = sender({ urls: 2, waitMs: 150 });
      await expect(two.send(call())).rejects.toThrow("was not mined within");
      const again = two.send(call()).catch((fault: unknown) => fault);
      await until(async () => (await poolSize()) > 0 && rpcs[0].calls.filter((method) => method === "eth_sendRawTransaction").length > 1);
      await anvil.provider.send("evm_mine", []);
      await again;
    } finally {
      await anvil.provider.send("evm_setAutomine", [true]);
    }
    expect(await sent()).toBe(before + 1);
    expect(await poolSize()).toBe(0);
  });

  test("that does not move is replaced by a dearer one", async () => {
    const before = await sent();
    await anvil.provider.send("evm_setAutomine", [false]);
    const journal = createJournal();
    const sending = sender({ urls: 1, journal, replaceAfterMs: 50 }).send(call());
    try {
      await until(() => (journal.load()?.hashes.length ?? 0) > 1);
    } finally {
      await anvil.provider.send("evm_setAutomine", [true]);
      await anvil.provider.send("evm_mine", []);
    }
    const { hash } = await sending;
    expect((await anvil.provider.getTransaction(hash))?.maxFeePerGas).toBeGreaterThan(0n);
    expect(await sent()).toBe(before + 1);
  });

  test("is followed by reads that have seen it", async () => {
    rpcs[0].does = "lags";
    const rpcUrls = rpcs.slice(0, 2).map(({ url }) => url);
    const provider = new FailoverProvider({ rpcUrls, chainId: 31337, clock: systemClock, timeoutMs: 500, onFault });
    closers.push({ close: () => provider.destroy() });
    await until(async () => Number(await provider.send("eth_blockNumber", [])) > 0);
    const waits = { pollMs: 20, waitMs: 5000, replaceAfterMs: 60_000 };
    const scope = new Contract(config.contracts.scope, AgentKeysScope.abi, provider);
    await openSender({ provider, wallet: master, journal: createJournal(), clock: systemClock, ...waits }).send(
      granting("setScope", [], false),
    );
    const [services] = (await scope.getFunction("getScope").staticCall(operator, operator)) as [string[]];
    expect([...services]).toEqual([]);
    expect(faults).toContain("0 lagging");
  });

  async function poolSize(): Promise<number> {
    const { pending, queued } = (await anvil.provider.send("txpool_status", [])) as { pending: string; queued: string };
    return Number(pending) + Number(queued);
  }
});
