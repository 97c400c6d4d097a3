/** Honest caps, delegations and proofs that do not belong together, at the creds-worker. */
import assert from "node:assert/strict";
import type { ListAnswer } from "@agentkeys/common/wire";
import { capOf, forge, mint, partyOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { granted, refused } from "../expect.ts";
import { fetchAs, refusedUse } from "../reads.ts";
import { nowSeconds, prove } from "../tokens.ts";

const FETCH = "/credential/fetch";

export const swapCases: readonly AttackCase[] = [
  {
    id: "WRK-20a",
    title: "A's cap with B's delegation, and the other way round",
    run: async (kit) => {
      const [a, b] = [await capOf(kit, { party: kit.a }), await capOf(kit, { party: kit.b })];
      refused(await use(kit, { cap: a, delegation: kit.b.delegation, session: kit.a.session }), 403, "device_binding_mismatch");
      refused(await use(kit, { cap: b, delegation: kit.a.delegation, session: kit.b.session }), 403, "device_binding_mismatch");
    },
  },
  {
    id: "WRK-20b",
    title: "B's stolen cap and delegation with A's key",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.b });
      refused(await use(kit, { cap, delegation: kit.b.delegation, session: kit.a.session }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "WRK-20c",
    title: "a cap with another delegation of the same session and device",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      const { delegation } = await partyOf(kit, kit.a, { expiresAt: nowSeconds() + 800 });
      refused(await use(kit, { ...kit.a, cap, delegation }), 403, "device_binding_mismatch");
    },
  },
  {
    id: "WRK-20d",
    title: "K1: a live cap over an expired delegation",
    run: async (kit) => {
      const expired = await partyOf(kit, kit.a, { issuedAt: nowSeconds() - 900, expiresAt: nowSeconds() - 1 });
      await refusedUse(kit, expired, await forge(kit, expired), 401, "unauthorized");
    },
  },
  {
    id: "WRK-21a",
    title: "the same proof twice on one replica",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      const proof = await prove(kit.a.session, { url: `${kit.worker.url}${FETCH}`, accessToken: cap });
      granted(await use(kit, { ...kit.a, cap, proof }));
      refused(await use(kit, { ...kit.a, cap, proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "WRK-21b",
    title: "a proof for another route, method, host, cap or hour",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      const lies = [
        { htu: `${kit.worker.url}/credential/list` },
        { htu: `${kit.broker.url}${FETCH}` },
        { htm: "GET" },
        { ath: "x" },
        { iat: nowSeconds() - 301 },
        { iat: nowSeconds() + 61 },
        { jti: "short" },
      ];
      for (const claims of lies) refused(await use(kit, { ...kit.a, cap, claims }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "WRK-22",
    title: "a store body that is no value, too long, or conditional on nothing",
    run: async (kit) => {
      const party = kit.master;
      const actor = { actor_omni: kit.a.device.actorOmni };
      const cap = await capOf(kit, { party, op: "cred-store", request: actor });
      for (const body of [{}, { value_b64: "not base64!" }, { value_b64: "eA==", actor_omni: kit.b.device.actorOmni }])
        refused(await use(kit, { ...party, cap, op: "cred-store", body }), 400, "invalid_input");
      const long = { value_b64: "A".repeat(120_000) };
      refused(await use(kit, { ...party, cap, op: "cred-store", body: long }), 413, "payload_too_large");
      const stale = { value_b64: "eA==", if_version: "00000000000000000000000000000000" };
      refused(await use(kit, { ...party, cap, op: "cred-store", body: stale }), 409, "version_conflict");
      assert.equal(await fetchAs(kit, kit.a), kit.values.a);
    },
  },
  {
    id: "WRK-23",
    title: "A lists and tears down: its own names only, and nothing while read-only",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a, op: "cred-list" });
      const { services } = granted(await use(kit, { ...kit.a, cap, op: "cred-list" })) as unknown as ListAnswer;
      assert.deepEqual(
        services.map(({ service }) => service),
        ["attack-alpha"],
      );
      const teardown = await forge(kit, kit.a, { op: "cred-teardown" });
      refused(await use(kit, { ...kit.a, cap: teardown, op: "cred-teardown" }), 403, "cred_store_read_only");
      refused(await mint(kit, { party: kit.a, op: "cred-teardown" }), 403, "cred_store_read_only");
    },
  },
  {
    id: "WRK-24",
    title: "two caps or two delegations in one header",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      const dpop = await prove(kit.a.session, { url: `${kit.worker.url}${FETCH}`, accessToken: cap });
      const [a, b] = [kit.a.delegation, kit.b.delegation];
      const attempts = [
        { authorization: `DPoP ${cap}, DPoP ${cap}`, dpop, "agentkeys-delegation": a },
        { authorization: `DPoP ${cap}`, dpop, "agentkeys-delegation": `${a}, ${b}` },
      ];
      for (const headers of attempts) refused(await kit.worker.call("POST", FETCH, { headers, body: {} }), 401, "unauthorized");
    },
  },
];
