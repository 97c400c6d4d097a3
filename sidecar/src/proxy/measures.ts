import type { Metrics, PlainCounter, PlainHistogram } from "@agentkeys/common/metrics";
import type { Basis } from "../meter/index.ts";

/**
 * Metrics of the data path:
 * - `proxy_requests_total{service, outcome}`: ended calls; outcome is `ok` or the reason code
 * - `proxy_request_seconds{service}`: arrival to the last byte; not of WebSockets, which live as long as their ends like
 * - `cost_nano_dollars_total{service, basis}`: what calls cost; basis is where the figure comes from (`meter/charge.ts`)
 * - `proxy_priced_calls_total{service, basis}`: how many those were
 * - `proxy_in_flight`: running calls, open WebSockets among them
 */
export interface Measures {
  started(): void;
  /** `seconds` is null for a call whose duration says nothing. */
  ended(service: string, outcome: string, seconds: number | null): void;
  charged(service: string, basis: Basis, nanoUsd: number): void;
}

/** Parts are resolved once; services come from the policy and outcomes from the code table, so both sets are closed. */
export function createMeasures(metrics: Metrics): Measures {
  const requests = metrics.plain.counter("proxy_requests_total", "Calls of the data path by outcome", ["service", "outcome"]);
  const durations = metrics.plain.histogram("proxy_request_seconds", "Time from arrival to the last byte", ["service"]);
  const costs = metrics.counter("cost_nano_dollars_total", "Nano-dollars charged for calls, by where the figure comes from", [
    "service",
    "basis",
  ]);
  const priced = metrics.counter("proxy_priced_calls_total", "Priced calls by where their cost comes from", ["service", "basis"]);
  let running = 0;
  metrics.reading("proxy_in_flight", "Calls running now", () => running);
  const counters = new Map<string, Map<string, PlainCounter>>();
  const histograms = new Map<string, PlainHistogram>();
  return {
    started() {
      running += 1;
    },
    ended(service, outcome, seconds) {
      running -= 1;
      let outcomes = counters.get(service);
      if (outcomes === undefined) counters.set(service, (outcomes = new Map<string, PlainCounter>()));
      let counter = outcomes.get(outcome);
      if (counter === undefined) outcomes.set(outcome, (counter = requests({ service, outcome })));
      counter.inc();
      if (seconds === null) return;
      let histogram = histograms.get(service);
      if (histogram === undefined) histograms.set(service, (histogram = durations({ service })));
      histogram.observe(seconds);
    },
    charged(service, basis, nanoUsd) {
      costs.labels(service, basis).inc(nanoUsd);
      priced.labels(service, basis).inc();
    },
  };
}
