/**
 * Roots of audit trees on chain: contract `CredentialAudit`. Reads, and the call data of the one write that an auditor makes.
 */
import { Interface, type Log as ChainLog, type JsonRpcProvider } from "ethers";
import { LOG_BLOCKS_AT_ONCE, type Finality } from "../chain/index.ts";
import { AgentKeysError } from "../errors/index.ts";

/** `contracts/test` holds it equal to what was compiled. */
export const AUDIT_ABI = [
  "function auditorOf(bytes32 operatorOmni) view returns (address auditor)",
  "function rootCount(bytes32 operatorOmni) view returns (uint256)",
  "function getRoot(bytes32 operatorOmni, uint256 index) view returns (tuple(bytes32 root, uint64 count, uint64 appendedAt))",
  "function setAuditor(bytes32 operatorOmni, address auditor)",
  "function appendRoot(bytes32 operatorOmni, bytes32 root, uint64 count)",
  "function appendRoots(bytes32 operatorOmni, tuple(bytes32 root, uint64 count)[] trees)",
  "event AuditRootAppended(bytes32 indexed operatorOmni, bytes32 indexed root, uint256 index, uint64 count)",
];

const abi = new Interface(AUDIT_ABI);

/** A tree as it is appended. */
export interface AppendableTree {
  /** 64 hex digits. */
  root: string;
  /** How many rows it holds. */
  count: number;
}

export interface AppendedRoot extends AppendableTree {
  /** Unix seconds of the block. */
  appendedAt: number;
}

export interface RootTransaction {
  hash: string;
  block: number;
}

export interface AuditChain {
  auditorOf(operator: string): Promise<string>;
  rootCount(operator: string): Promise<number>;
  rootAt(operator: string, index: number): Promise<AppendedRoot>;
  /** The transaction that appended a root, looked for in `hint` first, else from the newest block back; null when there is none. */
  transactionOf(operator: string, root: string, hint?: string): Promise<RootTransaction | null>;
}

const omni = (operator: string): string => `0x${operator}`;

/** Call data of an auditor's transaction, which appends all of these trees or none; `operator` is 64 hex digits. */
export function appendData(operator: string, trees: readonly AppendableTree[]): string {
  const [first] = trees;
  if (first !== undefined && trees.length === 1)
    return abi.encodeFunctionData("appendRoot", [omni(operator), omni(first.root), first.count]);
  return abi.encodeFunctionData("appendRoots", [omni(operator), trees.map(({ root, count }) => [omni(root), count])]);
}

/** Call data by which a master wallet names its operator's auditor. */
export function setAuditorData(operator: string, auditor: string): string {
  return abi.encodeFunctionData("setAuditor", [omni(operator), auditor]);
}

/** Reads the contract at `address`, as it is at `tag` (`latest` when left out). Every fault is `chain_rpc_error`. */
export function openAuditChain(provider: JsonRpcProvider, address: string, tag: Finality = "latest"): AuditChain {
  const guarded = async <T>(what: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      throw new AgentKeysError("chain_rpc_error", { detail: what, cause });
    }
  };
  const call = (method: string, args: unknown[]): Promise<unknown> =>
    guarded(method, async () => {
      const data = await provider.call({ to: address, data: abi.encodeFunctionData(method, args), blockTag: tag });
      return abi.decodeFunctionResult(method, data)[0] as unknown;
    });
  const logsBetween = async (topics: string[], from: number, to: number): Promise<ChainLog[]> =>
    provider.getLogs({ address, topics, fromBlock: from, toBlock: to });
  return {
    auditorOf: async (operator) => String(await call("auditorOf", [omni(operator)])).toLowerCase(),
    rootCount: async (operator) => Number(await call("rootCount", [omni(operator)])),
    rootAt: async (operator, index) => {
      const [root, count, appendedAt] = (await call("getRoot", [omni(operator), index])) as [string, bigint, bigint];
      return { root: root.slice(2), count: Number(count), appendedAt: Number(appendedAt) };
    },
    transactionOf: (operator, root, hint) =>
      guarded("logs", async () => {
        const topics = abi.encodeFilterTopics("AuditRootAppended", [omni(operator), omni(root)]) as string[];
        const isOurs = (log: { address: string; topics: readonly string[] }): boolean =>
          log.address.toLowerCase() === address.toLowerCase() && topics.every((topic, at) => log.topics[at] === topic);
        const receipt = hint === undefined ? null : await provider.getTransactionReceipt(hint);
        if (receipt?.status === 1 && receipt.logs.some(isOurs)) return { hash: receipt.hash, block: receipt.blockNumber };
        for (let to = await provider.getBlockNumber(); to >= 0; to -= LOG_BLOCKS_AT_ONCE) {
          const found = (await logsBetween(topics, Math.max(0, to - LOG_BLOCKS_AT_ONCE + 1), to)).find(isOurs);
          if (found !== undefined) return { hash: found.transactionHash, block: found.blockNumber };
        }
        return null;
      }),
  };
}
