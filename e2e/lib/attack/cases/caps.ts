/** Caps altered, forged, outlived or used for another thing, at the creds-worker; the broker's own unless a case says K1. */
import assert from "node:assert/strict";
import { capOf, decodeCap, forge, partyOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { granted, refused } from "../expect.ts";
import { opened } from "../kit.ts";
import { refusedUse } from "../reads.ts";
import { newSession, nowSeconds, prove, sign, tamper, unsigned } from "../tokens.ts";

const FETCH = "/credential/fetch";

export const capCases: readonly AttackCase[] = [
  {
    id: "WRK-02a",
    title: "a fetch cap at store, teardown and list",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      for (const op of ["cred-store", "cred-teardown", "cred-list", "cred-reencrypt"] as const)
        refused(await use(kit, { ...kit.a, cap, op }), 403, "cap_op_mismatch");
    },
  },
  {
    id: "WRK-02b",
    title: "the platform's store cap at fetch",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.master, op: "cred-store", request: { actor_omni: kit.a.device.actorOmni } });
      await refusedUse(kit, kit.master, cap, 403, "cap_op_mismatch");
    },
  },
  {
    id: "WRK-03",
    title: "K1: a cap of another data class",
    run: async (kit) => refusedUse(kit, kit.a, await forge(kit, kit.a, { data_class: "memory" }), 403, "cap_data_class_mismatch"),
  },
  {
    id: "WRK-04a",
    title: "any claim of an honest cap altered",
    run: async (kit, say) => {
      const cap = await capOf(kit, { party: kit.a });
      const b = await capOf(kit, { party: kit.b });
      const other = { ...decodeCap(b), service: "attack-beta", op: "cred-store", data_class: "x", k3_epoch: 2, aud: "x", iss: "x" };
      const changes = Object.entries({ ...other, iat: 1, exp: 4_000_000_000 });
      for (const [claim, value] of changes) {
        const altered = tamper(cap, { [claim]: value });
        // Some claims are the same for A and B, and then nothing was altered.
        if (altered !== cap) await refusedUse(kit, kit.a, altered, 403, "broker_sig_invalid");
      }
      say(`${changes.length} claims`);
    },
  },
  {
    id: "WRK-04b",
    title: "A's claims under the signature of B's cap",
    run: async (kit) => {
      const [head, payload] = (await capOf(kit, { party: kit.a })).split(".");
      const signature = (await capOf(kit, { party: kit.b })).split(".")[2];
      await refusedUse(kit, kit.a, `${head}.${payload}.${signature}`, 403, "broker_sig_invalid");
    },
  },
  {
    id: "WRK-05a",
    title: "a cap signed by A's own session key, honestly named and under K1's name",
    run: async (kit) => {
      const claims = decodeCap(await forge(kit, kit.a));
      await refusedUse(kit, kit.a, await sign(kit.a.session.key, claims), 403, "broker_sig_invalid");
      const disguised = { ...kit.a.session.key, kid: kit.loot.k1.kid };
      await refusedUse(kit, kit.a, await sign(disguised, claims), 403, "broker_sig_invalid");
    },
  },
  {
    id: "WRK-05b",
    title: "alg none; HMAC by the broker's public key; a key in the header; another typ",
    run: async (kit) => {
      const claims = decodeCap(await forge(kit, kit.a));
      const { kid, publicJwk } = kit.loot.k1;
      const header = { typ: "agentkeys-cap+jwt", kid };
      const { kty, crv, x, y } = kit.a.session.key.publicJwk;
      const embedded = { ...header, alg: "ES256", jwk: { kty, crv, x, y } };
      const attempts = [
        unsigned({ ...header, alg: "none" }, claims),
        unsigned({ ...header, alg: "HS256" }, claims, publicJwk.x),
        unsigned({ ...header, alg: "HS256" }, claims, JSON.stringify(publicJwk)),
        unsigned(embedded, claims, ""),
        await forge(kit, kit.a, {}, "JWT"),
        await forge(kit, kit.a, {}, "agentkeys-event+jwt"),
      ];
      for (const cap of attempts) await refusedUse(kit, kit.a, cap, 403, "broker_sig_invalid");
    },
  },
  {
    id: "WRK-06a",
    title: "K1: an expired cap; one issued 65 s ahead; one that lives 301 s",
    run: async (kit) => {
      const now = nowSeconds();
      const lies = [
        { iat: now - 300, exp: now - 1 },
        { iat: now - 300, exp: now },
        { iat: now + 65, exp: now + 300 },
        { iat: now, exp: now + 301 },
      ];
      for (const lie of lies) await refusedUse(kit, kit.a, await forge(kit, kit.a, lie), 403, "cap_freshness_failed");
    },
  },
  {
    id: "WRK-06b",
    title: "control: a clock 55 s ahead is forgiven",
    run: async (kit) => {
      const iat = nowSeconds() + 55;
      const cap = await forge(kit, kit.a, { iat, exp: iat + 200 });
      const { credential } = await opened(kit.a.session, granted(await use(kit, { ...kit.a, cap })));
      assert.equal(credential, kit.values.a);
    },
  },
  {
    id: "WRK-07a",
    title: "scope revoked on chain after the cap was minted",
    run: async (kit) => {
      const device = await kit.rival.agent("scope-gone", ["attack-alpha"]);
      const party = await partyOf(kit, { device, session: await newSession() });
      const cap = await capOf(kit, { party });
      await refusedUse(kit, party, cap, 404, "no_such_credential");
      await kit.rival.send("scope", "revokeScope", [device.operatorOmni, device.actorOmni]);
      await refusedUse(kit, party, cap, 403, "service_not_in_scope");
    },
  },
  {
    id: "WRK-07b",
    title: "device revoked on chain after the cap was minted",
    run: async (kit) => {
      const device = await kit.rival.agent("device-gone", ["attack-alpha"]);
      const party = await partyOf(kit, { device, session: await newSession() });
      const cap = await capOf(kit, { party });
      await kit.rival.send("registry", "revokeDevice", [device.deviceKeyHash]);
      await refusedUse(kit, party, cap, 403, "device_inactive");
    },
  },
  {
    id: "WRK-07c",
    title: "K1: a cap of the epoch before, and of the next",
    run: async (kit) => {
      for (const epoch of [kit.epoch - 1, kit.epoch + 1])
        await refusedUse(kit, kit.a, await forge(kit, kit.a, { k3_epoch: epoch }), 403, "k3_epoch_mismatch");
    },
  },
  {
    id: "WRK-08",
    title: "K1: a cap for a service the chain does not grant A",
    run: async (kit) => {
      const party = await partyOf(kit, { ...kit.a, services: ["attack-alpha", "attack-beta"] });
      await refusedUse(kit, party, await forge(kit, party, { service: "attack-beta" }), 403, "service_not_in_scope");
    },
  },
  {
    id: "WRK-09",
    title: "any of the three headers missing or empty (WRK-10)",
    run: async (kit) => {
      const cap = await capOf(kit, { party: kit.a });
      const dpop = await prove(kit.a.session, { url: `${kit.worker.url}${FETCH}`, accessToken: cap });
      const all = { authorization: `DPoP ${cap}`, dpop, "agentkeys-delegation": kit.a.delegation };
      const { authorization, ...noCap } = all;
      const attempts: Record<string, string>[] = [
        {},
        { authorization },
        { authorization, dpop },
        { authorization, "agentkeys-delegation": kit.a.delegation },
        noCap,
        { ...all, authorization: `Bearer ${cap}` },
        { ...all, "agentkeys-delegation": "" },
      ];
      for (const headers of attempts) refused(await kit.worker.call("POST", FETCH, { headers, body: {} }), 401, "unauthorized");
    },
  },
  {
    id: "WRK-18",
    title: "K1: service names that would leave the actor's prefix",
    run: async (kit, say) => {
      const names = ["..", "a/b", "*", "", ".enc", "a".repeat(65), `../${"0".repeat(64)}/credentials/x`];
      for (const service of names) await refusedUse(kit, kit.a, await forge(kit, kit.a, { service }), 403, "broker_sig_invalid");
      say(`${names.length} names refused`);
    },
  },
];
