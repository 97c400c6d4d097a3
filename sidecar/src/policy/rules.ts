import { AgentKeysError } from "@agentkeys/common/errors";

/** Decides a path. Answers the pattern that allowed it, or null. */
export interface RuleSet {
  match(path: string): string | null;
}

interface Rule {
  pattern: string;
  allow: boolean;
  expression: RegExp;
  /** One weight per segment: literal 3, part of a segment 2, whole segment 1, any depth 0. */
  weights: number[];
}

/** A pattern that ends where another goes on matches only its own folder, so it is the more specific one there. */
const EXACT_END = 4;
const SPECIAL = /[.+?^${}()|[\]\\]/g;

function segmentSource(segment: string): string {
  return segment
    .split("*")
    .map((text) => text.replace(SPECIAL, "\\$&"))
    .join("[^/]*");
}

function compileRule(pattern: string, allow: boolean): Rule {
  const deep = pattern.endsWith("/**");
  const base = deep ? pattern.slice(0, -3) : pattern;
  if (!pattern.startsWith("/") || base.includes("**")) throw new AgentKeysError("config_invalid", { detail: `path pattern ${pattern}` });
  const segments = base.split("/").slice(1);
  const body = segments.map((segment) => (segment === "*" ? "[^/]+" : segmentSource(segment))).join("/");
  const head = body === "" && deep ? "" : `/${body}`;
  // A refused path is refused in every spelling a server may read as the same: letter case and a trailing slash.
  const tail = deep ? "(?:/.*)?" : allow ? "" : "/?";
  const weights: number[] = segments.map((segment) => (segment === "*" ? 1 : segment.includes("*") ? 2 : 3));
  if (deep) weights.push(0);
  return { pattern, allow, expression: new RegExp(`^${head}${tail}$`, allow ? "" : "i"), weights };
}

/** More specific first: compared segment by segment from the left; when all are equal the longer pattern, then the refusal. */
function bySpecificity(a: Rule, b: Rule): number {
  const length = Math.max(a.weights.length, b.weights.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (b.weights[index] ?? EXACT_END) - (a.weights[index] ?? EXACT_END);
    if (difference !== 0) return difference;
  }
  if (a.pattern.length !== b.pattern.length) return b.pattern.length - a.pattern.length;
  return a.allow === b.allow ? 0 : a.allow ? 1 : -1;
}

/**
 * Compiles allowed and refused path patterns. `*` stays inside one segment, a trailing `/**` covers the folder and everything below;
 * nothing matches by default. The most specific pattern decides, whatever the order; on a tie the refusal does.
 */
export function compileRules(allowed: readonly string[], denied: readonly string[]): RuleSet {
  const rules = [...denied.map((pattern) => compileRule(pattern, false)), ...allowed.map((pattern) => compileRule(pattern, true))];
  rules.sort(bySpecificity);
  return {
    match(path) {
      for (const rule of rules) if (rule.expression.test(path)) return rule.allow ? rule.pattern : null;
      return null;
    },
  };
}
