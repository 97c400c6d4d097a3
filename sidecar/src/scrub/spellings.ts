/** The forms in which a key is looked for. */
export interface Spellings {
  /** In headers. */
  readonly texts: readonly string[];
  /** Length of the shortest of them. */
  readonly shortest: number;
  /** In bodies. */
  readonly bytes: readonly Buffer[];
  /** 1 for each byte that a form holds: an end of a chunk that is another byte begins none. */
  readonly held: Uint8Array;
  readonly longest: number;
}

/** A shorter form is found in what has nothing to do with the key, and is guessed before it is echoed. */
const MIN_LENGTH = 8;

/** The characters of Base64 that a value alone decides when `offset` bytes of something else stand before it. */
function base64Core(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  return bytes.toString("base64").slice(Math.ceil((offset * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

function base64(value: string): string[] {
  const cores = [0, 1, 2].map((offset) => base64Core(value, offset));
  return [...cores, ...cores.map((core) => core.replaceAll("+", "-").replaceAll("/", "_"))];
}

function percent(value: string): string[] {
  const upper = encodeURIComponent(value);
  const form = upper.replaceAll("%20", "+");
  return [upper, form, ...[upper, form].map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function json(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  const codes = escaped.replace(/[<>&'+=]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [escaped, escaped.replaceAll("/", "\\/"), codes, codes.replaceAll("/", "\\/")];
}

/**
 * Forms of a key, `sent` being what was put on the wire for it: as it is, in Base64 wherever it stands in it, in hexadecimal,
 * percent-encoded and escaped for JSON. Forms of fewer than 8 characters are left out, but for what was sent, in headers.
 */
export function spellingsOf(key: string, sent: readonly string[]): Spellings {
  const hex = Buffer.from(key).toString("hex");
  const all = [key, ...sent, ...base64(key), hex, hex.toUpperCase(), ...percent(key), ...json(key)];
  const byLength = (a: string, b: string): number => b.length - a.length;
  const forms = [...new Set(all)].filter((text) => text.length >= MIN_LENGTH).sort(byLength);
  const texts = [...new Set([...forms, ...sent])].sort(byLength);
  const bytes = forms.map((text) => Buffer.from(text, "latin1"));
  const held = new Uint8Array(256);
  for (const byte of Buffer.concat(bytes)) held[byte] = 1;
  return { texts, shortest: texts.at(-1)?.length ?? 0, bytes, held, longest: forms[0]?.length ?? 0 };
}
