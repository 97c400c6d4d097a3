import { afterEach, describe, expect, test } from "@jest/globals";
import { startWorld, type World } from "./world/index.ts";

const LIMIT_SECONDS = 5;
let world: World;
afterEach(() => world.close());

/** Lets time pass until a call is answered. */
async function answered<T>(call: Promise<T>): Promise<T> {
  let isOver = false;
  const done = call.finally(() => (isOver = true));
  await world.until(() => {
    if (!isOver) world.clock.advance(100);
    return Promise.resolve(isOver);
  });
  return await done;
}

describe("the first call of a proxy that has just started", () => {
  test("waits until policy and broker are there, and is answered without a retry", async () => {
    world = await startWorld({ startWaitMs: LIMIT_SECONDS * 1000 });
    expect(await answered(world.ask())).toMatchObject({ status: 200 });
  });

  test("is refused with what is missing when the wait is over", async () => {
    world = await startWorld({ startWaitMs: LIMIT_SECONDS * 1000, brokerDown: true });
    const startedMs = world.clock.nowMs();
    expect(await answered(world.ask())).toMatchObject({ status: 503, reason: "broker_silent" });
    expect(world.clock.nowMs() - startedMs).toBeGreaterThanOrEqual(LIMIT_SECONDS * 1000);
  });
});
