import { expect, test } from "@jest/globals";
import { CHAIN_PROFILES, parseChainConfig, profileOf } from "@agentkeys/common/chain";

const contracts = {
  registry: `0x${"Aa".repeat(20)}`,
  scope: `0x${"2".repeat(40)}`,
  epoch: `0x${"3".repeat(40)}`,
  lens: `0x${"4".repeat(40)}`,
};
const good = { profile: "anvil", chainId: 31337, rpcUrls: ["http://agentkeys-chain:8545"], contracts };

test("a chain file is read, addresses become lower-case and unknown keys are left out", () => {
  const links = { explorerTxUrl: "https://scan.example/tx/{hash}", explorerAddressUrl: "https://scan.example/address/{address}" };
  const ens = { registry: `0x${"Bb".repeat(20)}` };
  expect(parseChainConfig(JSON.stringify({ ...good, ...links, ens, surplus: 1 }))).toEqual({
    ...good,
    ...links,
    ens: { registry: `0x${"bb".repeat(20)}` },
    finality: "latest",
    contracts: { ...contracts, registry: `0x${"aa".repeat(20)}` },
  });
});

test.each([
  ["profile", { profile: 1 }],
  ["chainId", { chainId: "31337" }],
  ["chainId", { chainId: 0 }],
  ["rpcUrls", { rpcUrls: [] }],
  ["rpcUrls", { rpcUrls: "http://one.example" }],
  ["rpcUrls", { rpcUrls: ["file:///etc/passwd"] }],
  ["rpcUrls", { rpcUrls: ["https://user:canary@one.example"] }],
  ["rpcUrls", { rpcUrls: ["http://"] }],
  ["rpcUrls", { rpcUrls: ["http://one.example", "http://one.example"] }],
  ["chainId must be 8453", { profile: "base" }],
  ["quorum", { quorum: 0 }],
  ["quorum", { quorum: 2 }],
  ["quorum", { quorum: 1.5 }],
  ["quorum", { quorum: "1" }],
  ["finality", { finality: "pending" }],
  ["finality", { finality: null }],
  ["maxAgeSeconds", { maxAgeSeconds: 0 }],
  ["maxAgeSeconds", { maxAgeSeconds: "60" }],
  ["maxAgeSeconds", { maxAgeSeconds: 86_401 }],
  ["explorerTxUrl", { explorerTxUrl: "https://explorer.example/tx" }],
  ["explorerAddressUrl", { explorerAddressUrl: "https://explorer.example/{hash}" }],
  ["ens.registry", { ens: { registry: "acme.eth" } }],
  ["ens.registry", { ens: null }],
  ["contracts.lens", { contracts: { ...contracts, lens: "0x1234" } }],
  ["contracts.registry", { contracts: null }],
  ["contracts.forwarder", { contracts: { ...contracts, forwarder: "" } }],
])("a chain file with a wrong %s is refused by that name", (name, wrong) => {
  expect(() => parseChainConfig(JSON.stringify({ ...good, ...wrong }))).toThrow(name);
});

test("a forwarder stands in a chain file that has one", () => {
  const forwarder = `0x${"Ee".repeat(20)}`;
  expect(parseChainConfig(JSON.stringify({ ...good, contracts: { ...contracts, forwarder } })).contracts.forwarder).toBe(
    forwarder.toLowerCase(),
  );
});

test.each(["", "null", "[]", "7", "{"])("a chain file that is %j is refused", (text) => {
  expect(() => parseChainConfig(text)).toThrow(expect.objectContaining({ code: "config_invalid" }));
});

test("every problem of a chain file is listed at once", () => {
  const wrong = { quorum: 0, finality: "soon", maxAgeSeconds: -1 };
  const all = /profile[^]*chainId[^]*rpcUrls[^]*quorum[^]*finality[^]*maxAgeSeconds[^]*contracts\.registry[^]*contracts\.lens/;
  expect(() => parseChainConfig(JSON.stringify(wrong))).toThrow(all);
});

test("a chain file says finality, quorum and age itself", () => {
  const said = { ...good, rpcUrls: ["http://one.example", "http://two.example"], finality: "safe", quorum: 2, maxAgeSeconds: 90 };
  expect(parseChainConfig(JSON.stringify(said))).toMatchObject({ finality: "safe", quorum: 2, maxAgeSeconds: 90 });
});

test("a known profile fills in finality, age and explorer, and the file wins over it", () => {
  const base = { ...good, profile: "base", chainId: 8453 };
  const filled = { finality: "safe", maxAgeSeconds: 60, explorerTxUrl: "https://basescan.org/tx/{hash}" };
  expect(parseChainConfig(JSON.stringify(base))).toMatchObject(filled);
  expect(parseChainConfig(JSON.stringify({ ...base, finality: "finalized" }))).toMatchObject({ ...filled, finality: "finalized" });
});

test("a local chain's age is only checked when its file says so", () => {
  expect(parseChainConfig(JSON.stringify(good))).not.toHaveProperty("maxAgeSeconds");
  expect(parseChainConfig(JSON.stringify({ ...good, maxAgeSeconds: 60 }))).toMatchObject({ maxAgeSeconds: 60 });
});

test("a name like a profile's that is none gets nothing filled in", () => {
  expect(profileOf("toString")).toBeNull();
  expect(parseChainConfig(JSON.stringify({ ...good, profile: "own" }))).not.toHaveProperty("finality");
});

test("the profiles are those of the protocol", () => {
  const found = Object.entries(CHAIN_PROFILES).map(([name, { chainId, finality }]) => [name, chainId, finality]);
  expect(found).toEqual([
    ["heima", 212013, "latest"],
    ["base", 8453, "safe"],
    ["base-sepolia", 84532, "safe"],
    ["sepolia", 11155111, "finalized"],
    ["ethereum", 1, "finalized"],
    ["anvil", 31337, "latest"],
  ]);
});
