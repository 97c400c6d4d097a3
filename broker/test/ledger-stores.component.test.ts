import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog, createTestAuthority, until } from "@agentkeys/common/testing";
import { NEW_ACCOUNT, type Account, type Lease } from "../src/domain/ledger/index.ts";
import { openPostgresLedger } from "../src/ledger/postgres.ts";
import { openFileLedger } from "../src/ledger/sqlite.ts";
import type { AccountName, LedgerStore } from "../src/ledger/store.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const DAY = 20_000;
let names = 0;
const aName = (): AccountName => ({ operatorOmni: hex("1"), actorOmni: `0x${String(++names).padStart(64, "0")}`, serviceHash: hex("3") });
const aLease = (id: string, change: Partial<Lease> = {}): Lease => ({
  ...{ id, day: DAY, grantedNano: 10, spentNano: 3, reservedNano: 2, seq: 1, expiresAtMs: 5000, state: "live" as const },
  ...change,
});
const anAccount = (change: Partial<Account> = {}): Account => ({
  ...{ limitNano: 1e15, issuedAt: 1_800_000_000_123, day: DAY, dayLimitNano: 7, spentNano: 6, debtNano: 5, lentNano: 4 },
  previous: { day: DAY - 1, limitNano: 3, spentNano: 2, debtNano: 1 },
  ...change,
});
const put = (store: LedgerStore, name: AccountName, account: Account, leases: Lease[] = []): Promise<void> =>
  store.change({ name, leaseId: "none", nowMs: 0 }, () => ({ account, leases, answer: undefined }));
const look = (
  store: LedgerStore,
  name: AccountName,
  leaseId = "none",
  nowMs = 0,
): Promise<{ account: Account; lease: Lease | null; due: readonly Lease[] }> =>
  store.change({ name, leaseId, nowMs }, (held) => ({ account: held.account, leases: [], answer: held }));

let postgres: TestPostgres;
let folder: string;

beforeAll(async () => {
  const authority = createTestAuthority();
  postgres = await startPostgres({ tls: authority.issue() });
  folder = mkdtempSync(join(tmpdir(), "agentkeys-ledger-"));
  writeFileSync(join(folder, "ca.crt"), authority.ca);
  writeFileSync(join(folder, "other.crt"), createTestAuthority("another").ca);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["PostgreSQL", (): LedgerStore => openPostgresLedger(Secret.of(postgres.url), captureLog().log)],
  ["a file", (): LedgerStore => openFileLedger(join(folder, "ledger.db"))],
])("a ledger in %s", (_kind, openStore) => {
  let store: LedgerStore;
  beforeAll(() => {
    store = openStore();
  });
  afterAll(() => store.close());

  test("begins with a new account and keeps every figure of it and its leases", async () => {
    const name = aName();
    expect(await look(store, name)).toEqual({ account: NEW_ACCOUNT, lease: null, due: [] });
    const lease = aLease("lease-of-sixteen", { grantedNano: 9e15, seq: Number.MAX_SAFE_INTEGER });
    await put(store, name, anAccount(), [lease]);
    expect(await look(store, name, lease.id)).toEqual({ account: anAccount(), lease, due: [] });
    await put(store, name, anAccount({ spentNano: 60 }), [{ ...lease, state: "closed" }]);
    expect(await look(store, name, lease.id)).toEqual({
      account: anAccount({ spentNano: 60 }),
      lease: { ...lease, state: "closed" },
      due: [],
    });
  });

  test("hands out the live leases of the account whose time is up", async () => {
    const [name, other] = [aName(), aName()];
    await put(store, name, anAccount(), [
      aLease("due"),
      aLease("own"),
      aLease("later", { expiresAtMs: 5001 }),
      aLease("done", { state: "expired" }),
    ]);
    await put(store, other, anAccount(), [aLease("of another account")]);
    const held = await look(store, name, "own", 5000);
    expect([held.lease?.id, held.due.map(({ id }) => id)]).toEqual(["own", ["due"]]);
  });

  test("lets changes of one account happen one after another", async () => {
    const name = aName();
    const add = (): Promise<void> =>
      store.change({ name, leaseId: "none", nowMs: 0 }, ({ account }) => ({
        account: { ...account, spentNano: account.spentNano + 1 },
        leases: [],
        answer: undefined,
      }));
    await Promise.all(Array.from({ length: 40 }, add));
    expect((await look(store, name)).account.spentNano).toBe(40);
  });

  test("stores nothing of a change whose rule throws", async () => {
    const name = aName();
    await put(store, name, anAccount());
    const broken = store.change({ name, leaseId: "none", nowMs: 0 }, () => {
      throw new TypeError("broken");
    });
    await expect(broken).rejects.toMatchObject({ code: "ledger_unreachable" });
    expect((await look(store, name)).account).toEqual(anAccount());
  });

  test("reads the accounts of the actors asked for", async () => {
    const [name, other] = [aName(), aName()];
    await put(store, name, anAccount());
    await put(store, { ...name, serviceHash: hex("4") }, anAccount({ spentNano: 1 }));
    await put(store, other, anAccount());
    const found = await store.read(hex("1"), [name.actorOmni]);
    expect(found.map(({ name: { serviceHash }, account }) => [serviceHash, account.spentNano]).sort()).toEqual([
      [hex("3"), 6],
      [hex("4"), 1],
    ]);
    expect(await store.read(hex("2"), [name.actorOmni])).toEqual([]);
  });

  test("forgets ended leases of long ago when a day begins", async () => {
    const name = aName();
    await put(store, name, anAccount(), [aLease("old", { day: DAY - 9, state: "closed" }), aLease("late", { day: DAY - 9 })]);
    await put(store, name, anAccount({ day: DAY + 1 }));
    expect((await look(store, name, "old")).lease).toBeNull();
    expect((await look(store, name, "late")).lease?.id).toBe("late");
  });

  test("says the same when it is opened again", async () => {
    const name = aName();
    await put(store, name, anAccount(), [aLease("kept")]);
    const again = openStore();
    expect((await look(again, name, "kept")).lease).toEqual(aLease("kept"));
    await again.close();
  });
});

test("replicas that start at once make the tables once", async () => {
  const fresh = await startPostgres();
  const stores = Array.from({ length: 4 }, () => openPostgresLedger(Secret.of(fresh.url), captureLog().log));
  await Promise.all(stores.map((store) => put(store, aName(), anAccount())));
  await Promise.all(stores.map((store) => store.close()));
  await fresh.stop();
});

test("a database that is killed refuses, and has everything it answered when it is back", async () => {
  const logged = captureLog();
  const store = openPostgresLedger(Secret.of(postgres.url), logged.log);
  const name = aName();
  await put(store, name, anAccount());
  await postgres.kill();
  await expect(look(store, name)).rejects.toMatchObject({ code: "ledger_unreachable" });
  await postgres.start();
  expect((await look(store, name)).account).toEqual(anAccount());
  await store.close();
});

test("a database that dies amid a change refuses that change, and the broker lives on", async () => {
  const store = openPostgresLedger(Secret.of(postgres.url), captureLog().log);
  const name = aName();
  await put(store, name, anAccount());
  const held = postgres.query("BEGIN; LOCK TABLE agentkeys_ledger_accounts; SELECT pg_sleep(60)").catch(() => undefined);
  const isWaiting = (what: string) => async (): Promise<boolean> =>
    (await postgres.query(`SELECT 1 FROM pg_stat_activity WHERE ${what}`)).length > 0;
  await until(isWaiting("wait_event = 'PgSleep'"));
  const refused = expect(look(store, name)).rejects.toMatchObject({ code: "ledger_unreachable" });
  await until(isWaiting("wait_event_type = 'Lock'"));
  await postgres.kill();
  await Promise.all([refused, held]);
  await postgres.start();
  expect((await look(store, name)).account).toEqual(anAccount());
  await store.close();
});

test("the URL says whom to trust: a server with another authority's certificate is not spoken to", async () => {
  const open = (authority: string): LedgerStore =>
    openPostgresLedger(Secret.of(`${postgres.url}?sslmode=verify-full&sslrootcert=${join(folder, authority)}`), captureLog().log);
  const [right, wrong] = [open("ca.crt"), open("other.crt")];
  expect((await look(right, aName())).account).toEqual(NEW_ACCOUNT);
  await expect(look(wrong, aName())).rejects.toMatchObject({ code: "ledger_unreachable" });
  await Promise.all([right.close(), wrong.close()]);
});

test("a file that cannot be opened refuses, and is used as soon as it can", async () => {
  const path = join(folder, "not-yet", "ledger.db");
  const store = openFileLedger(path);
  await expect(look(store, aName())).rejects.toMatchObject({ code: "ledger_unreachable" });
  mkdirSync(join(folder, "not-yet"));
  expect((await look(store, aName())).account).toEqual(NEW_ACCOUNT);
  await store.close();
});
