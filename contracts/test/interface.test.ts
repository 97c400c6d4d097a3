import { expect, test } from "@jest/globals";
import { AgentKeysForwarder, AgentKeysLens, AgentKeysScope, CredentialAudit, K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { Interface } from "ethers";
import { readFileSync } from "node:fs";
import { AUDIT_ABI } from "@agentkeys/common/audit-chain";
import { EVENT_ABI, LENS_ABI } from "../../common/src/chain/abi.ts";

const compiled = [SidecarRegistry, AgentKeysScope, K3EpochCounter, AgentKeysLens, CredentialAudit].map(({ abi }) => new Interface(abi));

test("what readers decode is word for word what was compiled", () => {
  const known = new Set(compiled.flatMap(({ fragments }) => fragments.map((fragment) => fragment.format("full"))));
  const read = new Interface([...LENS_ABI, ...EVENT_ABI, ...AUDIT_ABI]).fragments.map((fragment) => fragment.format("full"));
  expect(read.filter((fragment) => !known.has(fragment))).toEqual([]);
  expect(read).toHaveLength(14);
});

test("upstream's selectors, errors and topics that we keep are the compiled ones", () => {
  const file = new URL("../../common/test/vectors/upstream.json", import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, "utf8")) as {
    vectors: { group: string; input: { signature?: string }; output: Record<string, string> }[];
  };
  const kept: string[] = [];
  for (const { group, input, output } of vectors) {
    const signature = input.signature ?? "";
    for (const abi of compiled) {
      if (group === "selector" && abi.hasFunction(signature)) expect(abi.getFunction(signature)?.selector).toBe(output["selector"]);
      else if (group === "error_selector" && abi.getError(signature) !== null)
        expect(abi.getError(signature)?.selector).toBe(output["selector"]);
      else if (group === "event_topic" && abi.hasEvent(signature))
        expect(abi.getEvent(signature)?.topicHash).toBe(Object.values(output)[0]);
      else continue;
      kept.push(signature);
    }
  }
  expect(new Set(kept)).toEqual(
    new Set([
      "isServiceInScope(bytes32,bytes32,bytes32)",
      "currentEpoch()",
      "revokeScope(bytes32,bytes32)",
      "getDevice(bytes32)",
      "operatorMasterWallet(bytes32)",
      "getScope(bytes32,bytes32)",
      "advanceEpoch()",
      "registerAgentDevice(bytes32,bytes32,bytes32,bytes,bytes)",
      "appendRoot(bytes32,bytes32,uint64)",
      "AuditRootAppended(bytes32,bytes32,uint256,uint64)",
      "OperatorBootstrapped(bytes32,address)",
      "ScopeRevoked(bytes32,bytes32)",
      "K3Rotated(uint256,uint256)",
      "DeviceAlreadyRegistered(bytes32)",
      "OperatorNotRegistered(bytes32)",
      "NotAuthorized(address,address)",
      "NotSignerGovernance(address,address)",
      "ZeroAddressGovernance()",
    ]),
  );
});

test("a forward request is signed over what OpenZeppelin's forwarder has checked", () => {
  const forwarder = new Interface(AgentKeysForwarder.abi);
  expect(forwarder.getFunction("execute")?.format("full")).toBe(
    "function execute((address from, address to, uint256 value, uint256 gas, uint48 deadline, bytes data, bytes signature) request) payable",
  );
});
