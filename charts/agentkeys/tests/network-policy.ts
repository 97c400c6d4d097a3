/**
 * What rendered NetworkPolicies allow between two ends: a connection passes when the source's egress and the destination's ingress
 * both let it. Knows the selectors the chart uses and refuses the others, so that a new kind of rule cannot pass unread.
 */
import { BlockList } from "node:net";
import type { Rendered } from "./render.ts";

export interface End {
  /** Labels of a pod; absent: no pod of this cluster. */
  labels?: Record<string, string>;
  /** Labels of the pod's namespace; absent: it is the release's. */
  namespace?: Record<string, string>;
  ip: string;
}

interface Selector {
  matchLabels?: Record<string, string>;
}
interface Peer {
  namespaceSelector?: Selector;
  podSelector?: Selector;
  ipBlock?: { cidr: string };
}
interface Rule {
  ports: { port: number; protocol: string }[];
  from?: Peer[];
  to?: Peer[];
}
interface Policy {
  podSelector: { matchLabels: Record<string, string> };
  policyTypes: string[];
  ingress?: Rule[] | null;
  egress?: Rule[] | null;
}

function matches(labels: Record<string, string> | undefined, wanted: Record<string, string> = {}): boolean {
  return labels !== undefined && Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function isPeer(peer: Peer, end: End): boolean {
  const unknown = Object.keys(peer).filter((key) => !["namespaceSelector", "podSelector", "ipBlock"].includes(key));
  if (unknown.length > 0) throw new TypeError(`a peer has ${unknown.join(", ")}, which this evaluator does not know`);
  const { namespaceSelector, podSelector } = peer;
  if (namespaceSelector !== undefined)
    return matches(end.namespace, namespaceSelector.matchLabels) && matches(end.labels, podSelector?.matchLabels);
  if (podSelector !== undefined) return end.namespace === undefined && matches(end.labels, podSelector.matchLabels);
  const [network = "", prefix = ""] = (peer.ipBlock?.cidr ?? "").split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(prefix));
  return list.check(end.ip);
}

function passes(rules: Rule[] | null | undefined, side: "from" | "to", other: End, port: number): boolean {
  return (rules ?? []).some((rule) => {
    const peers = rule[side];
    return rule.ports.some((entry) => entry.port === port) && (peers === undefined || peers.some((peer) => isPeer(peer, other)));
  });
}

/** Whether TCP from one end reaches a port of the other; ends outside the release's namespace have no policy of their own. */
export function isAllowed(objects: readonly Rendered[], from: End, to: End, port: number): boolean {
  const policies = objects.filter(({ kind }) => kind === "NetworkPolicy").map(({ spec }) => spec as unknown as Policy);
  const of = (end: End, type: string): Policy[] =>
    end.namespace !== undefined
      ? []
      : policies.filter(({ podSelector, policyTypes }) => policyTypes.includes(type) && matches(end.labels, podSelector.matchLabels));
  const egress = of(from, "Egress");
  const ingress = of(to, "Ingress");
  const isOut = egress.length === 0 || egress.some((policy) => passes(policy.egress, "to", to, port));
  return isOut && (ingress.length === 0 || ingress.some((policy) => passes(policy.ingress, "from", from, port)));
}
