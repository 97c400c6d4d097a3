import { hash } from "node:crypto";

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

function sha256(...parts: Buffer[]): Buffer {
  return hash("sha256", Buffer.concat(parts), "buffer");
}

/** RFC 6962, section 2.1: a leaf is H(0x00 || row hash). */
export function leafHash(rowHashHex: string): Buffer {
  return sha256(LEAF, Buffer.from(rowHashHex, "hex"));
}

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** One level up; the last of an uneven level goes up as it is. */
function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const [left, right] = [level[index], level[index + 1]];
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

/** Root over the row hashes in their order, hex; of no rows the hash of nothing, as RFC 6962 says. */
export function treeRoot(rowHashes: readonly string[]): string {
  let level = rowHashes.map(leafHash);
  while (level.length > 1) level = levelAbove(level);
  return (level[0] ?? sha256()).toString("hex");
}

/** The siblings from the leaf at `position` up to the root, hex. */
export function inclusionProof(rowHashes: readonly string[], position: number): string[] {
  const proof: string[] = [];
  let level = rowHashes.map(leafHash);
  for (let index = position; level.length > 1; index >>>= 1) {
    const sibling = level[index % 2 === 0 ? index + 1 : index - 1];
    if (sibling !== undefined) proof.push(sibling.toString("hex"));
    level = levelAbove(level);
  }
  return proof;
}

/** Whether the row is row `position` (from 0) of a tree of `count` rows with this root: RFC 9162, section 2.1.3.2. */
export function isIncluded(of: { rowHash: string; position: number; count: number; proof: readonly string[]; root: string }): boolean {
  if (of.position < 0 || of.position >= of.count) return false;
  let [position, last] = [of.position, of.count - 1];
  let found = leafHash(of.rowHash);
  for (const sibling of of.proof) {
    if (last === 0) return false;
    const other = Buffer.from(sibling, "hex");
    if (position % 2 === 1 || position === last) {
      found = nodeHash(other, found);
      while (position % 2 === 0 && position !== 0) [position, last] = [position >>> 1, last >>> 1];
    } else found = nodeHash(found, other);
    [position, last] = [position >>> 1, last >>> 1];
  }
  return last === 0 && found.toString("hex") === of.root;
}
