import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { forwardRequestId } from "@agentkeys/common/forward-request";
import { until } from "@agentkeys/common/testing";
import type { Wallet } from "ethers";
import {
  bringItself,
  executed,
  nonceOf,
  payer,
  registration,
  scopeAbi,
  signed,
  startChain,
  startRelayProcess,
  walletOf,
  type RunningRelay,
  type TestChain,
} from "./running-relay.ts";

let chain: TestChain;
let relay: RunningRelay;
let seed = 1;

beforeAll(async () => {
  chain = await startChain();
}, 60_000);
afterEach(async () => {
  chain.rpc.does = "sound";
  await chain.anvil.provider.send("evm_setAutomine", [true]);
  await relay.stop();
});
afterAll(() => chain.stop());

const fresh = (): { wallet: Wallet; operator: `0x${string}` } => walletOf((seed += 1));

async function untilOver(id: string): Promise<string> {
  let status = "";
  await until(async () => {
    ({ status } = (await relay.get(id)).body);
    return status !== "accepted";
  });
  return status;
}

describe("a request", () => {
  test("that a wallet signed is carried out for it, paid by the relay, and told of", async () => {
    relay = await startRelayProcess(chain);
    const { wallet, operator } = fresh();
    const first = await relay.post(await registration(chain, wallet));
    expect(first).toMatchObject({ status: 202, body: { status: "accepted" } });
    expect(await untilOver(first.body.id)).toBe("done");
    const grant = scopeAbi.encodeFunctionData("setScope", [operator, operator, [], true]);
    const second = await relay.post(await signed(chain, wallet, { data: grant }));
    expect(await untilOver(second.body.id)).toBe("done");
    expect((await relay.get(second.body.id)).body).toMatchObject({ transaction: expect.stringMatching(/^0x/), block: expect.any(Number) });
    expect(await chain.anvil.provider.getBalance(wallet.address)).toBe(0n);
    expect(await nonceOf(chain, wallet)).toBe(2);
  });

  test("that is brought twice is one request", async () => {
    relay = await startRelayProcess(chain);
    const { wallet } = fresh();
    const request = await registration(chain, wallet);
    const [one, two] = await Promise.all([relay.post(request), relay.post(request)]);
    const again = [one, two].find(({ status }) => status === 202);
    expect(again).toBeDefined();
    expect(await untilOver(again?.body.id ?? "")).toBe("done");
    expect(await relay.post(request)).toMatchObject({ status: 202, body: { status: "done" } });
    expect((await executed(chain)).get(wallet.address.toLowerCase())).toBe(1);
  });

  test("that the relay was not to carry is refused by name, and nothing is paid", async () => {
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_MAX_GAS: "600000" });
    const before = await chain.anvil.provider.getTransactionCount(payer.address);
    const { wallet, operator } = fresh();
    const good = await registration(chain, wallet);
    const refusals: [object, number, string][] = [
      [{ ...good, signature: `0x${"11".repeat(65)}` }, 403, "relay_signature_invalid"],
      [{ ...good, gas: good.gas + 1 }, 403, "relay_signature_invalid"],
      [{ ...good, deadline: good.deadline + 1 }, 403, "relay_signature_invalid"],
      [await registration(chain, wallet, { to: `0x${"99".repeat(20)}` }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { to: chain.contracts.forwarder }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { to: chain.contracts.scope }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { data: `${good.data}00` }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { data: "0xdeadbeef" }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { value: 1 }), 403, "relay_target_refused"],
      [await registration(chain, wallet, { gas: 600_001 }), 403, "relay_gas_refused"],
      [await registration(chain, wallet, { gas: 30_000 }), 409, "relay_would_revert"],
      [await registration(chain, wallet, { deadline: good.deadline - 10_000 }), 403, "relay_deadline_refused"],
      [await registration(chain, wallet, { deadline: good.deadline + 10_000 }), 403, "relay_deadline_refused"],
      [await registration(chain, wallet, { nonce: 1 }), 409, "relay_nonce_refused"],
      [{ ...good, surplus: 1 }, 400, "invalid_input"],
      [{ ...good, nonce: "0" }, 400, "invalid_input"],
      [{ ...good, data: `0x${"00".repeat(40_000)}` }, 413, "payload_too_large"],
    ];
    for (const [request, status, reason] of refusals)
      expect([await relay.post(request), reason]).toMatchObject([{ status, body: { reason } }, reason]);
    const stranger = fresh();
    const anothers = scopeAbi.encodeFunctionData("setScope", [operator, operator, [], true]);
    expect(await relay.post(await signed(chain, stranger.wallet, { data: anothers }))).toMatchObject({
      status: 409,
      body: { reason: "relay_would_revert", error: expect.stringContaining("OperatorNotRegistered") },
    });
    expect(await relay.get(`0x${"00".repeat(32)}`)).toMatchObject({ status: 404 });
    expect(await chain.anvil.provider.getTransactionCount(payer.address)).toBe(before);
  });

  test("of another wallet than those that are named, or beyond a quota, is refused", async () => {
    const { wallet, operator } = fresh();
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_WALLETS: wallet.address, AGENTKEYS_RELAY_PER_MINUTE: "1" });
    const other = fresh();
    expect(await relay.post(await registration(chain, other.wallet))).toMatchObject({ body: { reason: "relay_wallet_refused" } });
    const first = await relay.post(await registration(chain, wallet));
    expect(await untilOver(first.body.id)).toBe("done");
    const data = scopeAbi.encodeFunctionData("setScope", [operator, operator, [], true]);
    expect(await relay.post(await signed(chain, wallet, { data }))).toMatchObject({
      status: 429,
      body: { reason: "relay_quota_exceeded" },
    });
  });

  test("of several wallets goes out in one transaction", async () => {
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_BATCH_MS: "1000" });
    const before = await chain.anvil.provider.getTransactionCount(payer.address);
    const requests = await Promise.all(Array.from({ length: 5 }, () => registration(chain, fresh().wallet)));
    const taken = await Promise.all(requests.map((request) => relay.post(request)));
    for (const { body } of taken) expect(await untilOver(body.id)).toBe("done");
    expect(await chain.anvil.provider.getTransactionCount(payer.address)).toBe(before + 1);
  });

  test("that its wallet brought itself meanwhile is told as done, not carried again", async () => {
    await chain.anvil.provider.send("evm_setAutomine", [false]);
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_BATCH_MS: "500" });
    const { wallet } = fresh();
    const request = await registration(chain, wallet);
    const { body } = await relay.post(request);
    chain.rpc.does = "down";
    await chain.anvil.provider.send("evm_setAutomine", [true]);
    await bringItself(chain, request);
    chain.rpc.does = "sound";
    expect(await untilOver(body.id)).toBe("done");
    expect((await executed(chain)).get(wallet.address.toLowerCase())).toBe(1);
  });

  test("that expires before it is mined is told as expired", async () => {
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_MIN_DEADLINE_SECONDS: "1" });
    chain.rpc.does = "is-deaf";
    const { wallet } = fresh();
    const deadline = Math.floor(Date.now() / 1000) + 7;
    const { body } = await relay.post(await registration(chain, wallet, { deadline }));
    await until(() => chain.rpc.calls.includes("eth_sendRawTransaction") || Date.now() / 1000 > deadline);
    await chain.anvil.provider.send("evm_setNextBlockTimestamp", [deadline + 20]);
    await chain.anvil.provider.send("evm_mine", []);
    chain.rpc.does = "sound";
    await until(async () => ["expired", "failed"].includes((await relay.get(body.id)).body.status));
    expect((await executed(chain)).get(wallet.address.toLowerCase())).toBeUndefined();
    await chain.anvil.provider.send("anvil_setTime", [Math.floor(Date.now() / 1000)]).catch(() => undefined);
  }, 30_000);
});

describe("the relay", () => {
  test("killed at each moment carries each request it took exactly once", async () => {
    const requests = await Promise.all(Array.from({ length: 6 }, () => registration(chain, fresh().wallet)));
    const ids = requests.map((request) => forwardRequestId({ chainId: 31337, forwarder: chain.contracts.forwarder }, request));
    const take = async (from: number, to: number): Promise<void> => {
      for (const request of requests.slice(from, to)) expect(await relay.post(request)).toMatchObject({ status: 202 });
    };
    // Taken, nothing signed yet.
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_BATCH_MS: "60000" });
    await take(0, 2);
    await relay.kill();
    // Signed and in its journal, no node has it.
    chain.rpc.does = "is-deaf";
    chain.rpc.calls.length = 0;
    relay = await startRelayProcess(chain);
    await take(2, 3);
    await until(() => chain.rpc.calls.includes("eth_sendRawTransaction"));
    await relay.kill();
    // A node has it and has not said so; not mined.
    await chain.anvil.provider.send("evm_setAutomine", [false]);
    chain.rpc.does = "swallows";
    chain.rpc.calls.length = 0;
    relay = await startRelayProcess(chain);
    await take(3, 4);
    await until(async () => Number(((await chain.anvil.provider.send("txpool_status", [])) as { pending: string }).pending) > 0);
    await relay.kill();
    // Mined, and the relay does not know it.
    await chain.anvil.provider.send("evm_setAutomine", [true]);
    await chain.anvil.provider.send("evm_mine", []);
    chain.rpc.does = "hides-receipts";
    chain.rpc.calls.length = 0;
    relay = await startRelayProcess(chain);
    await take(4, 6);
    await until(() => chain.rpc.calls.includes("eth_getTransactionReceipt"));
    await relay.kill();
    chain.rpc.does = "sound";
    relay = await startRelayProcess(chain);
    for (const id of ids) expect(await untilOver(id)).toBe("done");
    const counts = await executed(chain);
    expect(requests.map(({ from }) => counts.get(from.toLowerCase()))).toEqual([1, 1, 1, 1, 1, 1]);
  }, 60_000);

  test("moved to another chain carries there, and once back what it took before", async () => {
    const other = await startChain(84532, chain.entry);
    const id = { chainId: 31337, forwarder: chain.contracts.forwarder };
    await chain.anvil.provider.send("anvil_mine", ["0x100"]);
    chain.rpc.does = "is-deaf";
    chain.rpc.calls.length = 0;
    relay = await startRelayProcess(chain);
    const { wallet } = fresh();
    const waiting = await registration(chain, wallet);
    expect(await relay.post(waiting)).toMatchObject({ status: 202 });
    await until(() => chain.rpc.calls.includes("eth_sendRawTransaction"));
    await relay.kill();
    relay = await startRelayProcess(other, { AGENTKEYS_RELAY_STATE_DIR: chain.folder });
    const { body } = await relay.post(await registration(other, wallet));
    expect(await untilOver(body.id)).toBe("done");
    await relay.stop();
    chain.rpc.does = "sound";
    relay = await startRelayProcess(chain);
    expect(await untilOver(forwardRequestId(id, waiting))).toBe("done");
    await other.stop();
  }, 30_000);

  test("replaces a transaction that does not move by a dearer one, and carries its requests once", async () => {
    await chain.anvil.provider.send("evm_setAutomine", [false]);
    relay = await startRelayProcess(chain, { AGENTKEYS_RELAY_REPLACE_AFTER_MS: "1000" });
    const { wallet } = fresh();
    const { body } = await relay.post(await registration(chain, wallet));
    await until(async () => (await metric("agentkeys_relay_replaced_total")) > 0);
    await chain.anvil.provider.send("evm_setAutomine", [true]);
    await chain.anvil.provider.send("evm_mine", []);
    expect(await untilOver(body.id)).toBe("done");
    expect((await executed(chain)).get(wallet.address.toLowerCase())).toBe(1);
  });

  test("whose wallet runs low is not ready, says so, and takes nothing", async () => {
    const low = { AGENTKEYS_RELAY_MIN_BALANCE_GWEI: "900000000000000" };
    relay = await startRelayProcess(chain, low);
    await until(async () => (await (await fetch(`${relay.admin}/readyz`)).text()).includes(`balance: ${payer.address}`));
    expect(await relay.post(await registration(chain, fresh().wallet))).toMatchObject({
      status: 503,
      body: { reason: "relay_unavailable" },
    });
    expect(await metric("agentkeys_relay_balance_gwei")).toBeGreaterThan(0);
    expect(await metric("agentkeys_relay_least_balance_gwei")).toBe(900_000_000_000_000);
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${relay.admin}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
  }
});
