import { expect, test } from "@jest/globals";
import type { Hex } from "@agentkeys/common/identity";
import { FakeChain } from "@agentkeys/common/testing";

const hexOf = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [device, operator, actor, service] = [hexOf("d"), hexOf("a"), hexOf("b"), hexOf("c")];
const question = { deviceKeyHash: device, operatorOmni: operator, actorOmni: actor, serviceHash: service };

test("the fake chain follows the contracts' rules and leaves their events", async () => {
  const chain = new FakeChain();
  expect(await chain.capFacts(question)).toMatchObject({ device: null, inScope: false, readOnly: false, k3Epoch: 1 });
  chain.registerDevice(device, { operatorOmni: operator, actorOmni: actor, tier: 2, roles: 1 });
  chain.setScope(operator, actor, [service], true);
  expect(await chain.capFacts(question)).toMatchObject({ device: { revoked: false }, inScope: true, readOnly: true });
  chain.revokeScope(operator, actor);
  chain.revokeDevice(device);
  chain.advanceEpoch();
  expect(await chain.capFacts(question)).toMatchObject({ device: { revoked: true }, inScope: false, readOnly: false, k3Epoch: 2 });
  const kinds = (await chain.events(0, await chain.blockNumber())).map(({ kind }) => kind);
  expect(kinds).toEqual(["DeviceRegistered", "ScopeUpdated", "ScopeRevoked", "DeviceRevoked", "K3Rotated"]);
});

test("the fake chain can be down", async () => {
  const chain = new FakeChain();
  chain.isDown = true;
  await expect(chain.capFacts(question)).rejects.toMatchObject({ code: "chain_rpc_error" });
});
