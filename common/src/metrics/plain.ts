/**
 * Metrics whose parts are plain numbers, read when they are asked for. prom-client makes and hashes an object of labels for each
 * count, which is felt where something is counted for every call.
 */
import type { Metric, Registry } from "prom-client";

export interface PlainCounter {
  inc(): void;
}
export interface PlainHistogram {
  observe(value: number): void;
}

/** The parts of one metric by the values of its labels. */
export type Parts<L extends string, P> = (labels: Readonly<Record<L, string>>) => P;

interface Base<L extends string> {
  name: string;
  help: string;
  labels: readonly L[];
}
interface Value {
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}

function register({ name, help }: Base<string>, registry: Registry, type: "counter" | "histogram", read: () => Value[]): void {
  const metric = {
    name,
    help,
    type,
    aggregator: "sum",
    get: () => Promise.resolve({ name, help, type, values: read(), aggregator: "sum" }),
  };
  registry.registerMetric(metric as unknown as Metric);
}

/** Parts are made once, by who counts; a part that was not made is not shown. */
export function plainCounter<L extends string>(base: Base<L>, registry: Registry): Parts<L, PlainCounter> {
  const parts: Value[] = [];
  register(base, registry, "counter", () => parts);
  return (labels) => {
    const part = { labels: { ...labels }, value: 0 };
    parts.push(part);
    return { inc: () => void (part.value += 1) };
  };
}

/** As {@link plainCounter}. */
export function plainHistogram<L extends string>(base: Base<L>, registry: Registry, bounds: readonly number[]): Parts<L, PlainHistogram> {
  const reads: (() => Value[])[] = [];
  register(base, registry, "histogram", () => reads.flatMap((read) => read()));
  return (given) => {
    const labels: Record<string, string> = { ...given };
    const counts = bounds.map(() => 0);
    let [sum, count] = [0, 0];
    reads.push(() => {
      let below = 0;
      const buckets = bounds.map((le, at) => ({ le, value: (below += counts[at] ?? 0) }));
      const all = [...buckets, { le: "+Inf", value: count }];
      return [
        ...all.map(({ le, value }) => ({ metricName: `${base.name}_bucket`, labels: { le, ...labels }, value })),
        { metricName: `${base.name}_sum`, labels, value: sum },
        { metricName: `${base.name}_count`, labels, value: count },
      ];
    });
    return {
      observe: (value) => {
        sum += value;
        count += 1;
        const at = bounds.findIndex((bound) => value <= bound);
        if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
      },
    };
  };
}
