import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, FakeChain, FakeClock } from "@agentkeys/common/testing";
import { createMetrics } from "@agentkeys/common/metrics";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { k3Fingerprint, openK3Dir } from "../src/keys/k3.ts";
import { openLegacyDir, withoutWallets } from "../src/keys/legacy.ts";
import { watchK3 } from "../src/keys/watch.ts";

let dir: string;
let clock: FakeClock;
let logged: ReturnType<typeof captureLog>;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "agentkeys-keys-"));
  clock = new FakeClock();
  logged = captureLog();
});
afterEach(() => rmSync(dir, { recursive: true }));
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(dir, name), content);
const key = (byte: number): Buffer => Buffer.alloc(32, byte);

describe("K3 by epoch", () => {
  test("what is held is told by fingerprint, new files are taken up, removed ones forgotten, without a restart", () => {
    write("1", key(1));
    const k3 = openK3Dir(dir, { clock, log: logged.log });
    write("2", key(2));
    k3.refresh();
    expect(k3.held().map(({ epoch, fingerprint }) => [epoch, fingerprint])).toEqual([
      [1, k3Fingerprint(Secret.of(key(1)))],
      [2, k3Fingerprint(Secret.of(key(2)))],
    ]);
    expect(JSON.stringify(k3.held())).not.toContain(key(1).toString("hex"));
    rmSync(join(dir, "1"));
    k3.refresh();
    expect([k3.get(1), k3.get(2)?.revealBytes()[0]]).toEqual([null, 2]);
  });

  test("epoch 256 and names that are no epoch are not read", () => {
    for (const name of ["1", "255", "256", "0", "01", "2.bak", "..data"]) write(name, key(3));
    expect(
      openK3Dir(dir, { clock })
        .held()
        .map(({ epoch }) => epoch),
    ).toEqual([1, 255]);
  });

  test("a file that changes is not taken up, said once; a broken or an emptied folder changes nothing", () => {
    write("1", key(1));
    const k3 = openK3Dir(dir, { clock, log: logged.log });
    write("1", key(9));
    k3.refresh();
    k3.refresh();
    expect(k3.get(1)?.revealBytes()[0]).toBe(1);
    expect(logged.text().match(/a new key needs a new epoch/g)).toHaveLength(1);
    write("2", "short");
    k3.refresh();
    expect(logged.text()).toContain("k3Dir cannot be read");
    for (const name of ["1", "2"]) rmSync(join(dir, name));
    k3.refresh();
    expect(k3.get(1)?.revealBytes()[0]).toBe(1);
  });

  test("idle time counts from the last sealing, or from the start", () => {
    write("1", key(1));
    const k3 = openK3Dir(dir, { clock });
    clock.advance(20_000);
    expect(k3.held()).toMatchObject([{ idle_seconds: 20 }]);
    k3.getForSealing(1);
    clock.advance(5_000);
    expect(k3.held()).toMatchObject([{ idle_seconds: 5 }]);
  });

  test("the status page and the metrics show the chain's epoch and every held one", async () => {
    write("1", key(1));
    const chain = new FakeChain();
    const metrics = createMetrics("signer");
    const watch = watchK3({ chain, k3: openK3Dir(dir, { clock }), metrics, clock });
    expect(await watch.status()).toMatchObject({ chain_epoch: 1, keys: [{ epoch: 1 }] });
    chain.advanceEpoch();
    expect(await watch.status()).toMatchObject({ chain_epoch: 1 });
    clock.advance(1000);
    expect(await watch.status()).toMatchObject({ chain_epoch: 2 });
    expect(await watch.probe()).toContain("add file 2");
    write("2", key(2));
    expect(await watch.probe()).toBeNull();
    expect(await watch.status()).toMatchObject({ chain_epoch: 2, keys: [{ epoch: 1 }, { epoch: 2 }] });
    const text = await metrics.registry.metrics();
    expect(text).toContain("agentkeys_signer_k3_epoch 2");
    expect(text).toContain('agentkeys_signer_k3_held{epoch="2"} 1');
  });
});

describe("keys of an older deployment", () => {
  const A = `0x${"a".repeat(64)}` as const;
  const [one, two] = [`0x${"1".repeat(40)}`, `0x${"2".repeat(40)}`];

  test("a wallet is mapped and unmapped without a restart; a broken file changes nothing and is said", () => {
    const legacy = openLegacyDir(dir, { clock, log: logged.log });
    expect(legacy.walletOf(A)).toBeNull();
    const change = (text: string): string | null => {
      write("wallets.json", text);
      clock.advance(3000);
      return legacy.walletOf(A);
    };
    expect(change(JSON.stringify({ [A]: { wallet: one } }))).toBe(one);
    expect(change(JSON.stringify({ [A]: { wallet: two }, other: 1 }))).toBe(one);
    expect(logged.text()).toContain("legacyDir cannot be read again");
    expect(change(JSON.stringify({ [A]: { wallet: two } }))).toBe(two);
    expect(change("{}")).toBeNull();
  });

  test("outside the window no wallet is known, the static KEK still is", () => {
    write("wallets.json", JSON.stringify({ [A]: { wallet: one } }));
    write(`${one}.key`, key(7));
    write("static-kek", key(5));
    const closed = withoutWallets(openLegacyDir(dir, { clock }));
    expect([closed.walletOf(A), closed.walletKek(A, "openai"), closed.staticKek()?.revealBytes()[0]]).toEqual([null, null, 5]);
  });
});
