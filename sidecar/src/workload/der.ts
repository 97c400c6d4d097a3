import { AgentKeysError } from "@agentkeys/common/errors";

/** One DER value: its tag and where it lies. */
export interface DerValue {
  tag: number;
  content: Buffer;
  /** Tag and length included. */
  whole: Buffer;
}

const LONG_FORM = 0x80;
const MAX_LENGTH_BYTES = 3;

function malformed(): AgentKeysError {
  return new AgentKeysError("svid_malformed", { detail: "not DER" });
}

/** Length and where the content begins; only the shortest form, as DER has no other (X.690 §10.1). */
function lengthAt(bytes: Buffer, at: number): { length: number; start: number } {
  const first = bytes[at];
  if (first === undefined) throw malformed();
  if (first < LONG_FORM) return { length: first, start: at + 1 };
  const count = first - LONG_FORM;
  if (count === 0 || count > MAX_LENGTH_BYTES || at + 1 + count > bytes.length) throw malformed();
  const length = bytes.readUIntBE(at + 1, count);
  if (length < LONG_FORM || length < 256 ** (count - 1)) throw malformed();
  return { length, start: at + 1 + count };
}

/** The values that lie one after the other in `bytes`, nothing before, between or behind; throws `svid_malformed`. */
export function derValues(bytes: Buffer): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    // Tags of more than one byte do not occur in certificates.
    if ((tag & 0x1f) === 0x1f) throw malformed();
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw malformed();
    values.push({ tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return values;
}

const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const OCTETS = 0x04;
const EXTENSIONS = 0xa3;

/** Members of a SEQUENCE; throws `svid_malformed`. */
export function sequenceIn(value: DerValue | undefined): DerValue[] {
  if (value?.tag !== SEQUENCE) throw malformed();
  return derValues(value.content);
}

/** Extensions of a certificate (RFC 5280 §4.1): object id in hex → what the extension holds. One that stands twice is malformed. */
export function extensionsOf(certificate: Buffer): Map<string, Buffer> {
  const [tbs] = sequenceIn(derValues(certificate)[0]);
  const wrapper = sequenceIn(tbs).find(({ tag }) => tag === EXTENSIONS);
  const extensions = new Map<string, Buffer>();
  for (const extension of wrapper === undefined ? [] : sequenceIn(derValues(wrapper.content)[0])) {
    const members = sequenceIn(extension);
    const [id, value] = [members[0], members.at(-1)];
    if (id?.tag !== OBJECT_ID || value?.tag !== OCTETS || extensions.has(id.content.toString("hex"))) throw malformed();
    extensions.set(id.content.toString("hex"), value.content);
  }
  return extensions;
}
