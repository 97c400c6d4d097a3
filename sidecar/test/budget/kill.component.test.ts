import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { eventually, type Answer } from "../site/index.ts";
import { startBudgetSite, type BudgetSite } from "./site.ts";

const BODY = JSON.stringify({ model: "gpt-4.1", max_tokens: 100, messages: [{ role: "user", content: "Hi" }] });
/** What is set aside for it, and what it costs: 100 tokens in and 10 out at 2 and 8 dollars a million. */
const RESERVED = Math.ceil(BODY.length / 2) * 2000 + 100 * 8000;
const COST = 100 * 2000 + 10 * 8000;
const ALLOWED = 1_000_000_000;

let site: BudgetSite;
/** What the day has been charged so far, by the test's own count. */
let expected = 0;

beforeAll(async () => {
  site = await startBudgetSite(3);
}, 90_000);
afterAll(() => site.stop());

const call = (index: number): Promise<Answer> => site.call(site.proxies[index % 3], BODY);
const untilCharged = (): Promise<void> =>
  eventually(
    async () => (await site.spentNano()) === expected,
    () => `${expected} nano-dollars charged`,
  );

test("50 calls at once over 3 proxies on a budget for 7: exactly 7 reach the provider, and are charged what they cost", async () => {
  await site.allow(7 * RESERVED);
  site.provider.isHolding = true;
  const refused: Answer[] = [];
  const calls = Array.from({ length: 50 }, async (_unused, index) => {
    const answer = await call(index);
    if (answer.status !== 200) refused.push(answer);
    return answer.status;
  });
  await eventually(() => refused.length + site.provider.held.length === 50);
  expect(site.provider.held).toHaveLength(7);
  for (const { status, reason, retryAfter } of refused)
    expect([status, reason, Number(retryAfter) > 0]).toEqual([429, "budget_exceeded", true]);
  site.provider.release();
  expect((await Promise.all(calls)).filter((status) => status === 200)).toHaveLength(7);
  expected = 7 * COST;
  await untilCharged();
}, 60_000);

test("kill -9 of a proxy with a call under way: what was answered is charged its cost, what was not its reservation, once", async () => {
  await site.allow(ALLOWED);
  const [proxy] = site.proxies;
  for (let index = 0; index < 3; index++) expect((await call(0)).status).toBe(200);
  site.provider.isHolding = true;
  const before = site.provider.calls;
  const cut = call(0).catch(() => "cut");
  await eventually(() => site.provider.calls === before + 1);
  await proxy?.end("SIGKILL");
  expect(await cut).toBe("cut");
  site.provider.release();
  await proxy?.start();
  expected += 3 * COST + RESERVED;
  await untilCharged();
  expect((await call(0)).status).toBe(200);
  expected += COST;
  await untilCharged();
}, 60_000);

test("kill -9 of the broker: calls go on from the slices, and every one is charged when it is back", async () => {
  expect((await call(1)).status).toBe(200);
  expect((await call(1)).status).toBe(200);
  await site.broker.end("SIGKILL");
  const answers = [await call(1), await call(1)];
  await site.broker.start();
  expected += 2 * COST + answers.filter(({ status }) => status === 200).length * COST;
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  await untilCharged();
}, 60_000);

test("Q3: kill -9 of the database: calls are refused once the slice is used, none is lost, and it goes on when it is back", async () => {
  expect((await call(2)).status).toBe(200);
  expected += COST;
  await site.postgres.kill();
  let answer = await call(2);
  for (; answer.status === 200; answer = await call(2)) expected += COST;
  expect([answer.status, answer.reason]).toEqual([503, "ledger_unreachable"]);
  await site.postgres.start();
  await untilCharged();
  await eventually(async () => (await call(2)).status === 200);
  expected += COST;
  await untilCharged();
}, 90_000);

test("a proxy that ends in good order has settled everything before it is gone", async () => {
  expect((await call(0)).status).toBe(200);
  expected += COST;
  await Promise.all(site.proxies.map((proxy) => proxy.end("SIGTERM")));
  expect(await site.spentNano()).toBe(expected);
}, 60_000);
