import { createHash, type X509Certificate } from "node:crypto";
import { AgentKeysError } from "@agentkeys/common/errors";
import { parseSpiffeId, type SpiffeId } from "@agentkeys/common/workload";
import { derValues, extensionsOf, sequenceIn } from "./der.ts";

/** What the leaf of an X.509-SVID says of its workload. That somebody trusted said it is another question. */
export interface Svid {
  id: SpiffeId;
  /** SHA-256 of the SubjectPublicKeyInfo, DER. */
  publicKeySha256: Buffer;
  notBeforeMs: number;
  notAfterMs: number;
}

/** Object ids in DER, hex: 2.5.29.15, 2.5.29.17 and 2.5.29.19. */
const KEY_USAGE = "551d0f";
const ALTERNATIVE_NAMES = "551d11";
const BASIC_CONSTRAINTS = "551d13";
const BOOLEAN = 0x01;
const BIT_STRING = 0x03;
const URI_NAME = 0x86;
const DIGITAL_SIGNATURE = 0x80;
const SIGNS_CERTIFICATES = 0x04;
const SIGNS_LISTS = 0x02;
/** Extended key usages of both ends of TLS, RFC 5280 §4.2.1.12. */
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

function malformed(detail: string): AgentKeysError {
  return new AgentKeysError("svid_malformed", { detail });
}

/** An X.509-SVID holds exactly one URI name (§2); names of other kinds are allowed and say nothing. */
function uriOf(extensions: ReadonlyMap<string, Buffer>): string {
  const names = extensions.get(ALTERNATIVE_NAMES);
  const uris = names === undefined ? [] : sequenceIn(derValues(names)[0]).filter(({ tag }) => tag === URI_NAME);
  const [uri] = uris;
  if (uri === undefined || uris.length > 1) throw malformed("not exactly one URI name");
  return uri.content.toString("latin1");
}

/** §4.3 and §5.2: a leaf signs handshakes and nothing that speaks for others. */
function checkKeyUsage(extensions: ReadonlyMap<string, Buffer>): void {
  const usage = extensions.get(KEY_USAGE);
  const [bits] = usage === undefined ? [] : derValues(usage);
  const first = bits?.tag === BIT_STRING ? (bits.content[1] ?? 0) : 0;
  if ((first & DIGITAL_SIGNATURE) === 0) throw malformed("key usage lacks digitalSignature");
  if ((first & (SIGNS_CERTIFICATES | SIGNS_LISTS)) !== 0) throw malformed("key usage of an authority");
}

/** Node's own `ca` is false for an authority whose key usage does not say that it signs certificates. */
function checkConstraints(extensions: ReadonlyMap<string, Buffer>): void {
  const constraints = extensions.get(BASIC_CONSTRAINTS);
  const [first] = constraints === undefined ? [] : sequenceIn(derValues(constraints)[0]);
  if (first?.tag === BOOLEAN && first.content[0] !== 0) throw malformed("an authority");
}

/** Reads the leaf of an X.509-SVID by the rules for leaves (X509-SVID §4, §5.2); throws `svid_malformed`. */
export function readSvid(leaf: X509Certificate): Svid {
  const extensions = extensionsOf(leaf.raw);
  checkConstraints(extensions);
  checkKeyUsage(extensions);
  // Node calls the extended usages `keyUsage`.
  const extended = leaf.keyUsage as string[] | undefined;
  if (extended !== undefined && !extended.includes(CLIENT_AUTH)) throw malformed("extended key usage lacks clientAuth");
  return {
    id: parseSpiffeId(uriOf(extensions)),
    publicKeySha256: createHash("sha256")
      .update(leaf.publicKey.export({ type: "spki", format: "der" }))
      .digest(),
    notBeforeMs: leaf.validFromDate.getTime(),
    notAfterMs: leaf.validToDate.getTime(),
  };
}

/** When the first certificate of a chain ends; the authority at its end counts as well. */
export function chainEndMs(chain: readonly X509Certificate[]): number {
  return Math.min(...chain.map(({ validToDate }) => validToDate.getTime()));
}
