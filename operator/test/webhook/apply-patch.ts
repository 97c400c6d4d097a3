import type { PatchOperation } from "../../src/webhook/types.ts";

type Holder = Record<string, unknown> | unknown[];

const unescape = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

function holderOf(document: unknown, parts: readonly string[]): Holder {
  let place = document;
  for (const part of parts) {
    const isThere = typeof place === "object" && place !== null && Object.hasOwn(place, part);
    if (!isThere) throw new RangeError(`nothing at /${parts.join("/")}`);
    place = (place as Record<string, unknown>)[part];
  }
  if (typeof place !== "object" || place === null) throw new RangeError(`/${parts.join("/")} holds nothing`);
  return place as Holder;
}

/** Applies RFC 6902 `add` and `replace` as strictly as the API server; throws where the RFC says the patch fails. */
export function applyPatch(document: unknown, patch: readonly PatchOperation[]): unknown {
  const result = structuredClone(document);
  for (const { op, path, value } of patch) {
    const parts = path.split("/").slice(1).map(unescape);
    const last = parts.pop();
    if (last === undefined) throw new RangeError("the whole document is not ours to replace");
    const holder = holderOf(result, parts);
    if (Array.isArray(holder)) {
      const index = last === "-" ? holder.length : Number(last);
      const most = op === "add" ? holder.length : holder.length - 1;
      if (!Number.isInteger(index) || index < 0 || index > most) throw new RangeError(`no place at ${path}`);
      holder.splice(index, op === "add" ? 0 : 1, structuredClone(value));
    } else {
      if (op === "replace" && !Object.hasOwn(holder, last)) throw new RangeError(`nothing to replace at ${path}`);
      Object.defineProperty(holder, last, { value: structuredClone(value), enumerable: true, configurable: true, writable: true });
    }
  }
  return result;
}
