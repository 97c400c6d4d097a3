/**
 * Metrics by prom-client on a registry of their own. Names are `agentkeys_<service>_<thing>_<unit>`; labels are closed sets.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import { plainCounter, plainHistogram, type Parts, type PlainCounter, type PlainHistogram } from "./plain.ts";

export type { PlainCounter, PlainHistogram } from "./plain.ts";

export interface Metrics {
  readonly registry: Registry;
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** A gauge that is read when it is asked for. */
  reading(name: string, help: string, read: () => number): void;
  histogram<L extends string>(name: string, help: string, labels?: readonly L[], buckets?: number[]): Histogram<L>;
  /** For what is counted with every call: their parts are made once and cost an addition. */
  readonly plain: {
    counter<L extends string>(name: string, help: string, labels: readonly L[]): Parts<L, PlainCounter>;
    histogram<L extends string>(name: string, help: string, labels: readonly L[]): Parts<L, PlainHistogram>;
  };
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Names get the prefix `agentkeys_<service>_`. */
export function createMetrics(service: string, options: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  const prefix = `agentkeys_${service.replaceAll("-", "_")}_`;
  if (options.processMetrics === true) collectDefaultMetrics({ register: registry, prefix });
  const base = <L extends string>(
    name: string,
    help: string,
    labels: readonly L[] = [],
  ): { name: string; help: string; labelNames: readonly L[]; registers: Registry[] } => ({
    name: `${prefix}${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels) => new Counter(base(name, help, labels)),
    gauge: (name, help, labels) => new Gauge(base(name, help, labels)),
    reading(name, help, read) {
      const gauge: Gauge = new Gauge({ ...base(name, help), collect: () => gauge.set(read()) });
    },
    histogram: (name, help, labels, buckets = SECONDS) => new Histogram({ ...base(name, help, labels), buckets }),
    plain: {
      counter: (name, help, labels) => plainCounter({ name: `${prefix}${name}`, help, labels }, registry),
      histogram: (name, help, labels) => plainHistogram({ name: `${prefix}${name}`, help, labels }, registry, SECONDS),
    },
  };
}
