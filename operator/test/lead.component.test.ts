import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { randomBytes, randomUUID } from "node:crypto";
import { JsonRpcProvider, Wallet } from "ethers";
import { keyHex, type Hex } from "@agentkeys/common/identity";
import { captureLog, FakeClock, until } from "@agentkeys/common/testing";
import { openChainWriter } from "../src/chain/index.ts";
import type { OperatorConfig } from "../src/config.ts";
import { Caches, DeviceKeys, MASTER_DEVICE_SECRET } from "../src/controllers/index.ts";
import { RESOURCES } from "../src/kube/index.ts";
import { lead } from "../src/lead.ts";
import { startChain } from "./fakes/anvil.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";

const namespace = "agentkeys-system";
let local: Awaited<ReturnType<typeof startChain>>;
let node: JsonRpcProvider;
const stops: (() => void)[] = [];

beforeAll(async () => {
  local = await startChain();
  node = new JsonRpcProvider(local.url, 31337, { staticNetwork: true });
}, 60_000);
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await node.send("evm_setAutomine", [true]);
  await node.send("evm_mine", []);
});
afterAll(async () => {
  node.destroy();
  await local.stop();
});

const config: OperatorConfig = {
  listen: 0,
  adminListen: 0,
  namespace,
  deviceNamespace: `${namespace}-devices`,
  podName: "one",
  clusterName: "test",
  evaluation: false,
  rpcUrl: "",
  chainFile: "",
  walletFile: "/wallet",
  walletAddress: "",
  auditorKeyFile: "",
  brokerUrl: "https://broker.test",
  workerUrl: "https://worker.test",
  publicUrl: "https://operator.test",
  kubeconfig: "",
  concurrency: 1,
  logLevel: "info",
};

interface Leading {
  api: FakeKubeApi;
  keys: DeviceKeys;
  logged: () => string;
  stop: () => void;
  done: Promise<void>;
}

/** A leader on its own API server; time passes on its clock while `isTicking`. */
function startLeading({ isTicking }: { isTicking: boolean }, api = new FakeKubeApi()): Leading {
  const [clock, stop] = [new FakeClock(), new AbortController()];
  const { log, text } = captureLog();
  const random = (): number => 1;
  const keys = new DeviceKeys({ api, namespace, newKey: () => randomBytes(32) });
  const done = lead(
    {
      api,
      caches: new Caches({ api, clock, log, random }),
      chainConfig: () => Promise.resolve(local.config),
      clock,
      config,
      depth: { set: () => undefined },
      faults: { inc: () => undefined },
      keys,
      log,
      newId: () => randomUUID(),
      random,
      randomBytes: (length) => randomBytes(length),
      readFile: () => local.walletKey.revealBytes(),
      rpcFaults: () => undefined,
      signal: stop.signal,
    },
    stop.signal,
  );
  const ticks = setInterval(() => (isTicking ? clock.advance(100) : undefined), 5);
  stops.push(() => {
    clearInterval(ticks);
    stop.abort();
  });
  return { api, keys, logged: text, stop: () => stop.abort(), done };
}

const address = (): string => new Wallet(keyHex(local.walletKey)).address;
const sent = async (block: "latest" | "pending"): Promise<number> => Number(await node.send("eth_getTransactionCount", [address(), block]));

describe("a leader", () => {
  test("takes a new master device once the Secret of a revoked one is deleted", async () => {
    const api = new FakeKubeApi();
    const revoked = await new DeviceKeys({ api, namespace, newKey: () => randomBytes(32) }).ensure(MASTER_DEVICE_SECRET, {});
    const chain = openChainWriter(local.config, local.walletKey, captureLog().log);
    stops.push(() => chain.close());
    await chain.registerMaster(revoked.deviceKeyHash);
    await chain.revokeDevice(revoked.deviceKeyHash);
    const leading = startLeading({ isTicking: true }, api);
    await until(() => leading.logged().includes(`delete Secret ${MASTER_DEVICE_SECRET}`));
    await api.remove(RESOURCES.secrets, { namespace, name: MASTER_DEVICE_SECRET });
    await until(() => leading.logged().includes("master device registered"));
    const key = await leading.keys.read(MASTER_DEVICE_SECRET);
    expect(key?.deviceKeyHash).not.toBe(revoked.deviceKeyHash);
    expect(await chain.device(key?.deviceKeyHash ?? "0x")).toMatchObject({ revoked: false });
  }, 30_000);

  test("ends when it loses the lead while a transaction is not mined", async () => {
    await node.send("evm_setAutomine", [false]);
    const before = await sent("pending");
    const leading = startLeading({ isTicking: false });
    await until(async () => (await sent("pending")) === before + 1);
    leading.stop();
    await leading.done;
    expect(await sent("latest")).toBe(before);
  }, 30_000);
});

test("a chain writer that is closed sends nothing of what is queued", async () => {
  await node.send("evm_setAutomine", [false]);
  const before = await sent("pending");
  const chain = openChainWriter(local.config, local.walletKey, captureLog().log);
  const device = (byte: string): Hex => `0x${byte.repeat(32)}`;
  const writes = ["a1", "a2", "a3"].map((byte) => chain.registerMaster(device(byte)));
  const ends = Promise.allSettled(writes);
  await until(async () => (await sent("pending")) === before + 1);
  chain.close();
  for (const end of await ends) expect(end).toMatchObject({ reason: { code: "chain_rpc_error", cause: { name: "AbortError" } } });
  await node.send("evm_mine", []);
  expect(await sent("pending")).toBe(before + 1);
}, 30_000);
