/** The proof of one row: made from the bucket, checked with nothing but the chain. */
import type { AuditChain } from "@agentkeys/common/audit-chain";
import { asObject, inclusionProof, isIncluded, receiptKey, rowHash } from "@agentkeys/common/audit-rows";
import type { AuditStore } from "@agentkeys/common/audit-store";
import { AgentKeysError } from "@agentkeys/common/errors";
import { readManifest, readRows, type StoredRow } from "./check.ts";

export interface RowProof {
  version: 1;
  operator: string;
  /** The row's exact text. */
  row: string;
  hash: string;
  tree: { index: number; root: string; count: number };
  /** From 0. */
  position: number;
  proof: string[];
  chain: { chainId: number; contract: string; transaction: string; block: number };
}

/** What a row is asked for by: its hash, its request id, or `<stream>/<sequence>`. */
export function isWanted(wanted: string, { row }: StoredRow): boolean {
  return row.hash === wanted || row.fields["requestId"] === wanted || `${row.stream}/${row.sequence}` === wanted;
}

/** Throws `not_found` when no such row is stored, or none is in a tree that is final on chain. */
export async function proveRow(
  of: { store: AuditStore; chain: AuditChain; chainId: number; contract: string },
  operator: string,
  wanted: string,
): Promise<RowProof> {
  const { store, chain } = of;
  const { row } = await findRow(store, operator, wanted);
  const trees = await chain.rootCount(operator);
  for (let index = trees - 1; index >= 0; index -= 1) {
    const manifest = await readManifest(store, operator, index);
    const position = manifest?.rows.indexOf(row.hash) ?? -1;
    if (manifest === null || position < 0) continue;
    const { root, count } = await chain.rootAt(operator, index);
    const transaction = await chain.transactionOf(operator, root, await hintOf(store, operator, index));
    if (transaction === null)
      throw new AgentKeysError("chain_rpc_error", { message: `The RPC has no log of tree ${index}: use another one` });
    const { hash: hashOfTransaction, block } = transaction;
    return {
      version: 1,
      operator,
      row: row.text,
      hash: row.hash,
      tree: { index, root, count },
      position,
      proof: inclusionProof(manifest.rows, position),
      chain: { chainId: of.chainId, contract: of.contract, transaction: hashOfTransaction, block },
    };
  }
  throw new AgentKeysError("not_found", {
    message: "The row is stored and in no tree that is final on chain yet: wait for the auditor, then ask again",
  });
}

async function findRow(store: AuditStore, operator: string, wanted: string): Promise<StoredRow> {
  for await (const stored of readRows(store, operator, () => undefined)) if (isWanted(wanted, stored)) return stored;
  throw new AgentKeysError("not_found", { message: `No row ${wanted} is stored: see agentkeys audit list` });
}

async function hintOf(store: AuditStore, operator: string, index: number): Promise<string | undefined> {
  const text = await store.get(receiptKey(operator, index));
  const { transactionHash } = text === null ? {} : asObject(text);
  return typeof transactionHash === "string" ? transactionHash : undefined;
}

/** Reads a proof; throws `invalid_input`. */
export function parseProof(text: string): RowProof {
  const proof = asObject(text.replaceAll("\n", " ")) as unknown as RowProof;
  const isProof = proof.version === (1 as number) && typeof proof.row === "string" && Array.isArray(proof.proof);
  if (!isProof) throw new AgentKeysError("invalid_input", { message: "The file is no proof of agentkeys audit prove" });
  return proof;
}

/** What speaks against a proof, in words; nothing but the chain is asked. */
export async function problemsOfProof(proof: RowProof, chain: AuditChain): Promise<string[]> {
  const { operator, row, hash, tree, position } = proof;
  const problems: string[] = [];
  if (rowHash(row) !== hash) problems.push("the row is not the one that the hash is of: it was changed");
  if (!isIncluded({ rowHash: rowHash(row), position, count: tree.count, proof: proof.proof, root: tree.root }))
    problems.push("the row is not in the tree at this place");
  const count = await chain.rootCount(operator);
  const onChain = tree.index < count ? await chain.rootAt(operator, tree.index) : null;
  if (onChain === null) problems.push(`the chain has no tree ${tree.index}, or not finally yet`);
  else if (onChain.root !== tree.root || onChain.count !== tree.count) problems.push(`the chain has another root for tree ${tree.index}`);
  const transaction = await chain.transactionOf(operator, tree.root, proof.chain.transaction);
  if (transaction?.hash !== proof.chain.transaction) problems.push("the named transaction did not append this root");
  return problems;
}
