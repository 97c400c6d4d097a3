/** Whether every path `narrow` matches is matched by `wide` too (`*` inside a segment, trailing `/**` any depth). */
export function isPathCovered(narrow: string, wide: string): boolean {
  if (narrow === wide || wide === "/**") return true;
  const isDeep = wide.endsWith("/**");
  const wideParts = (isDeep ? wide.slice(0, -3) : wide).split("/");
  const isNarrowDeep = narrow.endsWith("/**");
  const narrowParts = (isNarrowDeep ? narrow.slice(0, -3) : narrow).split("/");
  if (isNarrowDeep && !isDeep) return false;
  if (isDeep ? narrowParts.length < wideParts.length : narrowParts.length !== wideParts.length) return false;
  if (isDeep && !isNarrowDeep && narrowParts.length === wideParts.length) return false;
  return wideParts.every((part, index) => isSegmentCovered(narrowParts[index] ?? "", part));
}

function isSegmentCovered(narrow: string, wide: string): boolean {
  if (narrow === wide || wide === "*") return narrow !== "**" || wide === "**";
  if (!wide.includes("*")) return false;
  const parts = wide.split("*");
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  if (!narrow.startsWith(first) || !narrow.endsWith(last) || narrow.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = narrow.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= narrow.length - last.length;
}
