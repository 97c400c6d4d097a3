/** What an expression of PromQL asks for, by Prometheus's own grammar. */
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export interface Selector {
  /** Metrics by name; of a regular expression each name it spells out. */
  names: string[];
  labels: { name: string; value: string }[];
}

export interface Asked {
  selectors: Selector[];
  /** Labels by which it groups, or matches one side with the other. */
  grouped: string[];
  /** Labels that it makes itself, by `count_values` and `label_replace`. */
  made: string[];
}

function inside(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((each) => {
    if (each.name === name) found.push(each.node);
  });
  return found;
}

/** The names that a regular expression of alternatives spells out: `a_(b|c)` is `a_b` and `a_c`. */
function spelledOut(pattern: string): string[] {
  const [, before = pattern, alternatives, after = ""] = /^([^(]*)\(([^()]+)\)(.*)$/.exec(pattern) ?? [];
  if (alternatives === undefined) return [pattern];
  return alternatives.split("|").flatMap((alternative) => spelledOut(`${before}${alternative}${after}`));
}

function selectorOf(node: SyntaxNode, textOf: (node: SyntaxNode | null) => string): Selector {
  const matchers = inside(node, "UnquotedLabelMatcher").map((matcher) => ({
    name: textOf(matcher.getChild("LabelName")),
    op: textOf(matcher.getChild("MatchOp")),
    value: JSON.parse(textOf(matcher.getChild("StringLiteral"))) as string,
  }));
  const named = matchers.find(({ name }) => name === "__name__");
  const identifier = node.getChild("Identifier");
  const names = identifier === null ? spelledOut(named?.value ?? "") : [textOf(identifier)];
  return { names, labels: matchers.filter(({ name }) => name !== "__name__") };
}

/** Throws SyntaxError with the place of what Prometheus does not understand. */
export function askedBy(expression: string): Asked {
  const { topNode } = parser.parse(expression);
  const textOf = (node: SyntaxNode | null): string => (node === null ? "" : expression.slice(node.from, node.to));
  topNode.cursor().iterate(({ type, from }) => {
    if (type.isError) throw new SyntaxError(`no PromQL at ${from}: ${expression.slice(from, from + 20)}`);
  });
  const grouping = inside(topNode, "GroupingLabels").flatMap((node) => inside(node, "LabelName").map(textOf));
  const firstText = (node: SyntaxNode): string => JSON.parse(textOf(inside(node, "StringLiteral")[0] ?? null)) as string;
  const counted = inside(topNode, "CountValues").map(({ node }) => firstText(parentCalled(node, "AggregateExpr")));
  const replaced = inside(topNode, "LabelReplace").map(({ node }) => replacedBy(parentCalled(node, "FunctionCall"), textOf));
  return {
    selectors: inside(topNode, "VectorSelector").map((node) => selectorOf(node, textOf)),
    grouped: grouping,
    made: [...counted, ...replaced],
  };
}

function parentCalled(node: SyntaxNode, name: string): SyntaxNode {
  const { parent } = node;
  if (parent === null) throw new TypeError(`no ${name} around ${node.name}`);
  return parent.name === name ? parent : parentCalled(parent, name);
}

/** The label that `label_replace(vector, "label", …)` writes. */
function replacedBy(call: SyntaxNode, textOf: (node: SyntaxNode | null) => string): string {
  return JSON.parse(textOf(call.getChild("FunctionCallBody")?.getChild("StringLiteral") ?? null)) as string;
}
