import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { refused, World } from "./harness.ts";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.stop());

const forActorA = (): object => ({ actor_omni: world.a.actorOmni });
const names = (): string[] => [...world.store.objects.keys()];

test("an empty body deletes the credential the cap names and no other", async () => {
  for (const service of ["openai", "openai2", "stripe"]) world.store.put(world.key(service), Buffer.from("x"));
  expect(await world.call("teardown")).toMatchObject({ status: 200, body: { ok: true, keys_deleted: 1, failures: [] } });
  expect(names()).toEqual([world.key("openai2"), world.key("stripe")]);
  expect(await world.call("teardown")).toMatchObject({ status: 200, body: { keys_deleted: 0 } });
});

test("a master device deletes everything of an actor, page by page, whatever the names", async () => {
  world.store.pageSize = 3;
  for (let index = 0; index < 10; index++) world.store.put(world.key(`s${index}`), Buffer.from("x"));
  world.store.put(world.key("odd/name"), Buffer.from("x"));
  world.store.put(world.key("openai", world.b), Buffer.from("x"));
  const answer = await world.call("teardown", { session: world.master, cap: forActorA(), body: { all: true } });
  expect(answer).toMatchObject({ status: 200, body: { ok: true, keys_deleted: 11, failures: [] } });
  expect(names()).toEqual([world.key("openai", world.b)]);
});

test("what the store refuses to delete is named", async () => {
  for (const service of ["openai", "stripe"]) world.store.put(world.key(service), Buffer.from("x"));
  world.store.refused.add(`DELETE ${world.key("stripe")}`);
  const answer = await world.call("teardown", { session: world.master, cap: forActorA(), body: { all: true } });
  expect(answer).toMatchObject({ status: 200, body: { keys_deleted: 1, failures: ["stripe.enc"] } });
});

test("an agent, granted one service, may not delete everything", async () => {
  world.store.put(world.key("stripe"), Buffer.from("x"));
  expect(await world.call("teardown", { body: { all: true } })).toMatchObject(refused(403, "service_not_in_scope"));
  expect(names()).toEqual([world.key("stripe")]);
});

test("a body of another shape is refused before anything is deleted", async () => {
  world.store.put(world.key("openai"), Buffer.from("x"));
  for (const body of [{ all: "true" }, { service: "stripe" }]) {
    expect(await world.call("teardown", { body })).toMatchObject(refused(400, "invalid_input"));
  }
  expect(names()).toEqual([world.key("openai")]);
});
