import { expect, test } from "@jest/globals";
import type { AuditStore } from "@agentkeys/common/audit-store";

async function keysOf(found: AsyncIterable<string>): Promise<string[]> {
  const keys = [];
  for await (const key of found) keys.push(key);
  return keys;
}

/** What every audit store does, wherever its objects lie. It may write below `audit/`; `open` answers one that is empty there. */
export function describeAuditStore(open: () => AuditStore): void {
  test("creates an object once and leaves it as it is", async () => {
    const store = open();
    expect(await store.get("audit/op/1.ndjson")).toBeNull();
    expect(await store.create("audit/op/1.ndjson", "first\nline\n")).toBe(true);
    expect(await store.create("audit/op/1.ndjson", "second")).toBe(false);
    expect(await store.get("audit/op/1.ndjson")).toBe("first\nline\n");
  });

  test("lists keys in their order, from a place on, and the folders below a prefix", async () => {
    const store = open();
    const keys = ["audit/x/2026-11-26/s/000000000010.ndjson", "audit/x/2026-11-25/s/2.ndjson", "audit/x/2026-11-26/s/000000000002.ndjson"];
    for (const key of keys) await store.create(key, "row\n");
    expect(await keysOf(store.list("audit/x/"))).toEqual([...keys].sort());
    expect(await keysOf(store.list("audit/x/2026-11-26/", "audit/x/2026-11-26/s/000000000002.ndjson"))).toEqual([keys[0]]);
    expect(await keysOf(store.list("audit/nobody/"))).toEqual([]);
    expect(await store.folders("audit/x/")).toEqual(["2026-11-25", "2026-11-26"]);
    expect(await store.folders("audit/nobody/")).toEqual([]);
  });
}
