import { expect, test } from "@jest/globals";
import {
  forwardRequestId,
  isSignedByItsWallet,
  forwardDomain,
  forwardMessage,
  FORWARD_REQUEST_TYPES,
} from "@agentkeys/common/forward-request";
import { id, Signature, Wallet } from "ethers";
import { assertCarried, batchOf, gasOf, targetsOf } from "../src/domain/admission.ts";

const address = (digit: string): string => `0x${digit.repeat(40)}`;
const older = { registry: address("1"), scope: address("2"), epoch: address("3"), lens: address("4") };
const contracts = { ...older, audit: address("5") };
const selectorOf = (contract: string, name: string): string => id(`${contract}.${name}`).slice(0, 10);
const targets = targetsOf(contracts, selectorOf);
const limits = { maxGas: 100_000, minDeadlineSeconds: 30, maxDeadlineSeconds: 600, wallets: new Set<string>() };
const wallet = new Wallet(`0x${"42".repeat(32)}`);
const good = {
  from: wallet.address,
  to: contracts.scope,
  value: 0,
  gas: 100_000,
  nonce: 0,
  deadline: 1600,
  data: `${selectorOf("scope", "setScope")}ff`,
  signature: "0x",
};

test("a scope, a registration, a revocation and an auditor are carried", () => {
  expect(() => assertCarried(good, { limits, targets, nowSeconds: 1000 })).not.toThrow();
  expect([...targets.values()].map(({ size }) => size)).toEqual([4, 3, 1]);
  expect([...targetsOf(older, selectorOf).keys()]).toEqual([contracts.registry, contracts.scope]);
});

test.each([
  [{ to: contracts.lens }, "relay_target_refused"],
  [{ to: contracts.registry }, "relay_target_refused"],
  [{ to: contracts.audit, data: selectorOf("audit", "appendRoot") }, "relay_target_refused"],
  [{ to: contracts.audit, data: selectorOf("audit", "appendRoots") }, "relay_target_refused"],
  [{ data: "0x" }, "relay_target_refused"],
  [{ data: selectorOf("scope", "setScope").slice(0, 8) }, "relay_target_refused"],
  [{ value: 1 }, "relay_target_refused"],
  [{ gas: 100_001 }, "relay_gas_refused"],
  [{ gas: 20_999 }, "relay_gas_refused"],
  [{ deadline: 1029 }, "relay_deadline_refused"],
  [{ deadline: 1601 }, "relay_deadline_refused"],
])("%p is refused as %s", (change, code) => {
  expect(() => assertCarried({ ...good, ...change }, { limits, targets, nowSeconds: 1000 })).toThrow(expect.objectContaining({ code }));
});

test("only wallets that are named are carried, when some are", () => {
  const named = (...wallets: string[]): void =>
    assertCarried(good, { limits: { ...limits, wallets: new Set(wallets) }, targets, nowSeconds: 1000 });
  expect(() => named(wallet.address.toLowerCase())).not.toThrow();
  expect(() => named(address("9"))).toThrow(expect.objectContaining({ code: "relay_wallet_refused" }));
});

test("a batch holds what fits its gas, and always one", () => {
  const requests = [1, 2, 3].map((gas) => ({ gas: gas * 100_000, data: "0x" }));
  expect(batchOf(requests, gasOf({ gas: 100_000, data: "0x" }) + gasOf({ gas: 200_000, data: "0x" }))).toHaveLength(2);
  expect(batchOf(requests, 1)).toHaveLength(1);
  expect(batchOf(requests, 10_000_000)).toHaveLength(3);
  expect(batchOf([], 1)).toEqual([]);
});

test("a signature counts for its wallet, chain and forwarder alone, and in its one form", async () => {
  const domain = { chainId: 1, forwarder: address("5") };
  const signature = await wallet.signTypedData(forwardDomain(domain), FORWARD_REQUEST_TYPES, forwardMessage(good));
  const signed = { ...good, signature };
  expect(isSignedByItsWallet(domain, signed)).toBe(true);
  expect(isSignedByItsWallet({ ...domain, chainId: 2 }, signed)).toBe(false);
  expect(isSignedByItsWallet({ ...domain, forwarder: address("6") }, signed)).toBe(false);
  expect(isSignedByItsWallet(domain, { ...signed, from: address("7") })).toBe(false);
  const { r, s, v } = Signature.from(signature);
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const high = `${r}${(order - BigInt(s)).toString(16).padStart(64, "0")}${(v === 27 ? 28 : 27).toString(16)}`;
  expect(isSignedByItsWallet(domain, { ...signed, signature: high })).toBe(false);
  expect(forwardRequestId(domain, signed)).toMatch(/^0x[0-9a-f]{64}$/);
});
