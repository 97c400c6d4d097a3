import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { Wallet } from "ethers";
import { deployContracts } from "@agentkeys/contracts/deploy";
import type { ChainConfig } from "@agentkeys/common/chain";
import { serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import { startAnvil, type Anvil } from "../../contracts/test/anvil.ts";
import { startMisbehavingRpc, type Misbehaviour, type MisbehavingRpc } from "../../contracts/test/misbehaving-rpc.ts";
import { openChainWriter, type ChainWriter } from "../src/chain/index.ts";

const walletKey = Secret.of(Buffer.alloc(32, 9));
const wallet = new Wallet(`0x${"09".repeat(32)}`);
const services = [serviceHash("openai")];
let anvil: Anvil;
let config: ChainConfig;
let rpcs: [MisbehavingRpc, MisbehavingRpc, MisbehavingRpc];
const writers: ChainWriter[] = [];

function writer(urls: number): ChainWriter {
  const rpcUrls = rpcs.slice(0, urls).map(({ url }) => url);
  const opened = openChainWriter({ ...config, rpcUrls, quorum: 2 }, walletKey, captureLog().log);
  writers.push(opened);
  return opened;
}

beforeAll(async () => {
  anvil = await startAnvil({ wallets: [wallet] });
  config = await deployContracts({ wallet: wallet.connect(anvil.provider), profile: "anvil", rpcUrls: [anvil.url] });
  rpcs = [await startMisbehavingRpc(anvil.url), await startMisbehavingRpc(anvil.url), await startMisbehavingRpc(anvil.url)];
  await writer(3).registerMaster(`0x${"01".repeat(32)}`);
}, 60_000);
afterEach(() => {
  for (const opened of writers.splice(0)) opened.close();
  for (const rpc of rpcs) rpc.does = "sound";
});
afterAll(async () => {
  for (const rpc of rpcs) await rpc.close();
  await anvil.stop();
});

describe("an operator with a quorum of two RPCs", () => {
  const ILL: [string, Misbehaviour][] = [
    ["lies", "lies"],
    ["lags behind", "lags"],
    ["answers with HTML", "html"],
    ["is down", "down"],
  ];

  test.each(ILL)("reads and writes past a first one that %s", async (_words, does) => {
    const actorOmni: Hex = `0x${Buffer.from(does.padEnd(32)).toString("hex")}`;
    rpcs[0].does = does;
    const chain = writer(3);
    expect(await chain.scope(actorOmni)).toMatchObject({ isSet: false });
    await chain.setScope({ actorOmni, services, readOnly: true });
    expect(await chain.scope(actorOmni)).toEqual({ services, readOnly: true, isSet: true });
    await chain.revokeScope(actorOmni);
    expect(await chain.scope(actorOmni)).toMatchObject({ isSet: false });
  });

  test("believes neither of two that differ, and says so", async () => {
    const master: Hex = `0x${"01".repeat(32)}`;
    rpcs[0].does = "lies";
    await expect(writer(2).device(master)).rejects.toMatchObject({ code: "chain_rpc_error" });
    rpcs[0].does = "sound";
    expect(await writer(2).device(master)).toMatchObject({ revoked: false });
  });
});
