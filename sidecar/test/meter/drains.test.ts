import { expect, test } from "@jest/globals";
import { FakeClock } from "@agentkeys/common/testing";
import { CallMeter, type Charge } from "../../src/meter/index.ts";
import { createPriceSource } from "../../src/meter/prices.ts";
import { DRAIN_MS, MAX_DRAINS, createDrains } from "../../src/proxy/drains.ts";

test("calls left by their agents are read on up to a number and a time, and each is charged once", async () => {
  const clock = new FakeClock();
  const drains = createDrains(clock);
  const prices = await createPriceSource()();
  const stopped: number[] = [];
  const charged: Charge[] = [];
  for (let number = 0; number <= MAX_DRAINS; number += 1) {
    const meter = new CallMeter({ ask: null, rate: null, prices, reservedNanoUsd: () => 7, held: null, now: () => new Date(0) });
    meter.sent();
    meter.whenSettled((charge) => charged.push(charge));
    drains.begin(meter, () => stopped.push(number));
  }
  expect(stopped).toEqual([MAX_DRAINS]);
  clock.advance(DRAIN_MS);
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toHaveLength(MAX_DRAINS + 1);
  expect(charged).toEqual(stopped.map(() => ({ nanoUsd: 7, basis: "reservation" })));
  drains.cut();
  expect(stopped).toHaveLength(MAX_DRAINS + 1);
});
