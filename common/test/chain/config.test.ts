import { expect, test } from "@jest/globals";
import { parseChainConfig } from "@agentkeys/common/chain";

const contracts = {
  registry: `0x${"Aa".repeat(20)}`,
  scope: `0x${"2".repeat(40)}`,
  epoch: `0x${"3".repeat(40)}`,
  lens: `0x${"4".repeat(40)}`,
};
const good = { profile: "anvil", chainId: 31337, rpcUrls: ["http://agentkeys-chain:8545"], contracts };

test("a chain file is read, addresses become lower-case and unknown keys are left out", () => {
  const explorerTxUrl = "https://explorer.example/tx/{hash}";
  expect(parseChainConfig(JSON.stringify({ ...good, explorerTxUrl, surplus: 1 }))).toEqual({
    ...good,
    explorerTxUrl,
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
  ["rpcUrls", { rpcUrls: ["http://"] }],
  ["explorerTxUrl", { explorerTxUrl: "https://explorer.example/tx" }],
  ["contracts.lens", { contracts: { ...contracts, lens: "0x1234" } }],
  ["contracts.registry", { contracts: null }],
])("a chain file with a wrong %s is refused by that name", (name, wrong) => {
  expect(() => parseChainConfig(JSON.stringify({ ...good, ...wrong }))).toThrow(name);
});

test.each(["", "null", "[]", "7", "{"])("a chain file that is %j is refused", (text) => {
  expect(() => parseChainConfig(text)).toThrow(expect.objectContaining({ code: "config_invalid" }));
});

test("every problem of a chain file is listed at once", () => {
  expect(() => parseChainConfig("{}")).toThrow(/profile[^]*chainId[^]*rpcUrls[^]*contracts\.registry[^]*contracts\.lens/);
});
