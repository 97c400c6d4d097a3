import { expect, test } from "@jest/globals";
import { createMetrics } from "@agentkeys/common/metrics";
import fc from "fast-check";

test("plain metrics are read as prom-client's own would be", async () => {
  const call = fc.record({
    service: fc.constantFrom("openai", 'a "b"'),
    outcome: fc.constantFrom("ok", "revoked"),
    seconds: fc.double({ min: 0, max: 20, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(call), async (calls) => {
      const [plain, theirs] = [createMetrics("x"), createMetrics("x")];
      const counted = plain.plain.counter("calls_total", "Calls", ["service", "outcome"]);
      const timed = plain.plain.histogram("call_seconds", "Time", ["service"]);
      const counter = theirs.counter("calls_total", "Calls", ["service", "outcome"]);
      const histogram = theirs.histogram("call_seconds", "Time", ["service"]);
      const parts = new Map<string, { count: ReturnType<typeof counted>; time?: ReturnType<typeof timed> }>();
      for (const { service, outcome, seconds } of calls) {
        counter.inc({ service, outcome });
        histogram.observe({ service }, seconds);
        const key = `${service} ${outcome}`;
        if (!parts.has(key)) parts.set(key, { count: counted({ service, outcome }) });
        if (!parts.has(service)) parts.set(service, { count: { inc: () => undefined }, time: timed({ service }) });
        parts.get(key)?.count.inc();
        parts.get(service)?.time?.observe(seconds);
      }
      expect(await plain.registry.metrics()).toBe(await theirs.registry.metrics());
    }),
  );
});

test("two metrics of one name are refused", () => {
  const metrics = createMetrics("x");
  metrics.plain.counter("calls_total", "Calls", []);
  expect(() => metrics.counter("calls_total", "Calls")).toThrow(/already been registered/);
});
