import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { captureLog } from "@agentkeys/common/testing";
import { ensureEvaluationChain, readEvaluationChain } from "../src/evaluation/index.ts";
import { startChain } from "./fakes/anvil.ts";
import { FakeKubeApi } from "./fakes/kube-api.ts";

const NAMESPACE = "agentkeys-system";
let chain: Awaited<ReturnType<typeof startChain>>;

beforeAll(async () => {
  chain = await startChain();
}, 60_000);

afterAll(() => chain.stop());

test("the evaluation chain's file says how old a view may be, and its contracts are deployed once", async () => {
  const [api, { log }] = [new FakeKubeApi(), captureLog()];
  const of = { api, namespace: NAMESPACE, rpcUrl: chain.url, walletKey: chain.walletKey, log };
  expect(await readEvaluationChain(api, NAMESPACE)).toBeNull();
  const deployed = await ensureEvaluationChain(of);
  expect(deployed).toMatchObject({ profile: "anvil", chainId: 31337, rpcUrls: [chain.url], maxAgeSeconds: 60 });
  expect(await readEvaluationChain(api, NAMESPACE)).toEqual({ ...deployed, finality: "latest" });
  const again = await ensureEvaluationChain(of);
  expect(again.contracts).toEqual(deployed.contracts);
});
