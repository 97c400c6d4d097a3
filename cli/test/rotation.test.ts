import { beforeEach, describe, expect, test } from "@jest/globals";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";
import { FakeClock } from "@agentkeys/common/testing";
import { folderStore, secretStore, type K3Store } from "../src/rotation/keys.ts";
import { countByKey, isBehind, type StoredItem } from "../src/rotation/inventory.ts";
import { retireKey } from "../src/rotation/retire.ts";
import { rotateK3, type RotationDeps } from "../src/rotation/rotate.ts";
import type { SignerView } from "../src/rotation/signers.ts";
import { FakeKubectl } from "./fakes/kubectl.ts";

const SECRET = { namespace: "agentkeys-system", name: "agentkeys-k3" };

/** A cluster with a chain, a Secret and two signers, any step of which may fail. */
class Rotating {
  epoch = 1;
  readonly kubectl = new FakeKubectl();
  readonly said: string[] = [];
  readonly done: string[] = [];
  /** The step that fails, by number. */
  failsAt = Infinity;
  signers: SignerView[] = [];
  idleSeconds = 60;
  clock = new FakeClock();
  store: K3Store;
  #steps = 0;

  constructor() {
    this.kubectl.put("secret", { metadata: { ...SECRET }, data: { "1": "a2V5" } });
    this.store = secretStore(this.kubectl, SECRET);
    this.kubectl.onPatch = () => this.#step("kubelet");
  }

  #step(name: string): void {
    this.#steps += 1;
    if (this.#steps === this.failsAt) throw new AgentKeysError("kube_api", { message: `killed at ${name}` });
    this.done.push(name);
  }

  deps(): RotationDeps {
    return {
      store: this.store,
      counter: {
        current: () => Promise.resolve(this.epoch),
        advance: (from) => {
          this.#step("before the transaction");
          if (this.epoch === from) this.epoch += 1;
          this.#step("after the transaction");
          return Promise.resolve();
        },
      },
      fleet: {
        look: async () => {
          this.#step("look");
          const { epochs } = await this.store.read();
          const keys = epochs.map((epoch) => ({ epoch, fingerprint: `f${epoch}`, idleSeconds: this.idleSeconds }));
          const both = ["one", "two"].map((name) => ({ name, chainEpoch: this.epoch, keys }));
          return { views: this.signers.length > 0 ? this.signers : both, missing: [] };
        },
        hurry: () => Promise.resolve(),
      },
      randomBytes: (length) => Buffer.alloc(length, 7),
      clock: this.clock,
      signal: new AbortController().signal,
      say: (text) => void this.said.push(text),
      withinMs: 1000,
    };
  }
}

let world: Rotating;
beforeEach(() => {
  world = new Rotating();
});

describe("rotate k3", () => {
  test.each(Array.from({ length: 8 }, (_none, index) => index + 1))(
    "killed at step %d and begun again it ends at epoch 2, once",
    async (step) => {
      world.failsAt = step;
      await rotateK3(world.deps(), { prepareOnly: false }).catch(() => undefined);
      world.failsAt = Infinity;
      const { rotatingTo } = await world.store.read();
      if (rotatingTo !== null || world.epoch === 1) await rotateK3(world.deps(), { prepareOnly: false });
      expect(world.epoch).toBe(2);
      expect(await world.store.read()).toEqual({ epochs: [1, 2], rotatingTo: null });
    },
  );

  test("the chain is not moved while a signer lacks the key or holds another one", async () => {
    const key = (epoch: number, fingerprint: string): SignerView["keys"][0] => ({ epoch, fingerprint, idleSeconds: 0 });
    for (const keys of [[key(1, "f1")], [key(1, "f1"), key(2, "other")]]) {
      const holder = { name: "one", chainEpoch: 1, keys: [key(1, "f1"), key(2, "f2")] };
      world.signers = [holder, { name: "two", chainEpoch: 1, keys }];
      const late = rotateK3({ ...world.deps(), withinMs: -1 }, { prepareOnly: false });
      await expect(late).rejects.toMatchObject({ code: "signer_unavailable", publicMessage: expect.stringContaining("two") });
      expect(world.epoch).toBe(1);
    }
  });

  test("somebody who moved the chain meanwhile is taken as the rotation", async () => {
    const deps = world.deps();
    const original = deps.fleet.look.bind(deps.fleet);
    deps.fleet.look = async () => {
      world.epoch = 2;
      return await original();
    };
    expect(await rotateK3(deps, { prepareOnly: false })).toMatchObject({ from: 1, to: 2, done: true });
    expect(world.epoch).toBe(2);
  });

  test("epoch 256 is refused before a key is made", async () => {
    world.epoch = 255;
    await expect(rotateK3(world.deps(), { prepareOnly: false })).rejects.toMatchObject({ code: "invalid_input" });
    expect((await world.store.read()).epochs).toEqual([1]);
  });
});

describe("where keys are kept", () => {
  const key = Secret.of(Buffer.alloc(32, 7));

  test("two who add at the same time: one is refused, and no key is ever replaced", async () => {
    const results = await Promise.allSettled([world.store.add(2, key), world.store.add(2, Secret.of(Buffer.alloc(32, 8)))]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(world.store.add(2, key)).rejects.toMatchObject({ code: "version_conflict" });
  });

  test("a folder gets whole files of the owner's alone, and the note that a rotation is under way", async () => {
    const dir = mkdtempSync(join(tmpdir(), "agentkeys-k3-"));
    writeFileSync(join(dir, "1"), Buffer.alloc(32, 1));
    let count = 0;
    const store = folderStore(dir, () => `t${++count}`);
    await store.add(2, key);
    expect(statSync(join(dir, "2")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, "2"))).toEqual(key.revealBytes());
    expect(await store.read()).toEqual({ epochs: [1, 2], rotatingTo: 2 });
    await expect(store.add(2, key)).rejects.toMatchObject({ code: "version_conflict" });
    await store.mark(null);
    await store.remove(1);
    expect(readdirSync(dir)).toEqual(["2"]);
    await expect(folderStore("/nowhere", () => "t").read()).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("rotate retire", () => {
  const item = (of: Partial<StoredItem>): StoredItem => {
    const listed = { service: "openai", version: "v", updated_at: "", path: "v2", has_v1: false } as const;
    return { ...listed, actorOmni: `0x${"a".repeat(64)}`, owner: "team-a/a", envelope: 4, epoch: 2, ...of };
  };
  const retire = (items: StoredItem[], epoch = 1, final = world.epoch): ReturnType<typeof retireKey> =>
    retireKey(
      {
        ...world.deps(),
        counter: { current: () => Promise.resolve(world.epoch), final: () => Promise.resolve(final) },
        inventory: () => Promise.resolve(items),
        quietSeconds: 30,
        withinMs: -1,
      },
      epoch,
    );
  beforeEach(async () => {
    world.epoch = 2;
    await world.store.add(2, Secret.of(Buffer.alloc(32, 7)));
  });

  test("what needs the key, and what is of no known format, keeps it", async () => {
    for (const needing of [item({ epoch: 1 }), item({ envelope: null })]) {
      expect(await retire([item({}), needing])).toEqual({ needing: [needing], objects: 2 });
      expect((await world.store.read()).epochs).toEqual([1, 2]);
    }
  });

  test("other epochs, the static key and wallets' need it not: it goes", async () => {
    expect(await retire([item({}), item({ envelope: 2 }), item({ envelope: 1, path: "v1" })])).toMatchObject({ needing: [] });
    expect((await world.store.read()).epochs).toEqual([2]);
  });

  test("a chain that might come back to it, and a signer that sealed under it just now, keep it", async () => {
    await expect(retire([], 1, 1)).rejects.toMatchObject({ code: "invalid_input", publicMessage: expect.stringContaining("not finally") });
    await expect(retire([], 2)).rejects.toMatchObject({ code: "invalid_input" });
    world.idleSeconds = 29;
    await expect(retire([])).rejects.toMatchObject({ code: "signer_unavailable" });
    expect((await world.store.read()).epochs).toEqual([1, 2]);
  });

  test("what is behind and how much of each there is", () => {
    const items = [item({}), item({ epoch: 1 }), item({ envelope: 2 }), item({ envelope: 1, path: "v1" }), item({ epoch: 1 })];
    expect(items.map((each) => isBehind(each, 2))).toEqual([false, true, true, false, true]);
    expect(countByKey(items)).toEqual([
      { key: "epoch 1", objects: 2 },
      { key: "epoch 2", objects: 1 },
      { key: "static key", objects: 1 },
      { key: "wallet-keyed", objects: 1 },
    ]);
  });
});
