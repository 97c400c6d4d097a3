/** Grants, lives and proofs at the broker. */
import assert from "node:assert/strict";
import { capOf, decodeCap, mint, partyOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { granted, refused } from "../expect.ts";
import { asA, lying, proofOfA, refusedMint } from "../reads.ts";
import { newSession, nowSeconds, prove, unsigned } from "../tokens.ts";

const FETCH = "/v1/cap/cred-fetch";

const scope: AttackCase[] = [
  {
    id: "BRK-07a",
    title: "a service the chain does not grant, whatever A's device delegates",
    run: async (kit) => {
      const party = await partyOf(kit, { ...kit.a, services: ["attack-alpha", "attack-beta"] });
      await refusedMint(kit, { party, service: "attack-beta" }, 403, "service_not_in_scope");
    },
  },
  {
    id: "BRK-07b",
    title: "a service the chain grants and the delegation does not list",
    run: async (kit) => {
      const party = await partyOf(kit, { ...kit.b, services: ["attack-alpha"] });
      await refusedMint(kit, { party, service: "attack-beta" }, 403, "service_not_in_scope");
    },
  },
  {
    id: "BRK-07c",
    title: "a reader asks to store and to tear down",
    run: async (kit) => {
      await refusedMint(kit, asA(kit, { op: "cred-store" }), 403, "cred_store_read_only");
      // The device's own word does not lift what the chain says.
      const party = await lying(kit, { readOnly: false });
      for (const op of ["cred-store", "cred-teardown"] as const) await refusedMint(kit, { party, op }, 403, "cred_store_read_only");
      await refusedMint(kit, { party, op: "cred-reencrypt" }, 403, "device_role_missing");
    },
  },
  {
    id: "BRK-08",
    title: "control: the granted service is minted for A, bound to A",
    run: async (kit) => {
      const cap = decodeCap(await capOf(kit, { party: kit.a }));
      assert.equal(cap.actor_omni, kit.a.device.actorOmni);
      assert.equal(cap.cnf.jkt, kit.a.session.jkt);
    },
  },
  {
    id: "BRK-09",
    title: "operator = actor needs no grant, and reaches nobody else",
    run: async (kit) => {
      const party = await partyOf(kit, { device: await kit.rival.masterDevice(1), session: await newSession() });
      await capOf(kit, { party });
      const other = await kit.rival.agent("not-self", ["attack-alpha"]);
      await refusedMint(kit, { party, request: { actor_omni: other.actorOmni } }, 403, "device_binding_mismatch");
    },
  },
  {
    id: "BRK-10",
    title: "no cap outlives 300 s or its delegation",
    run: async (kit) => {
      for (const [wish, life] of [
        [1, 60],
        [undefined, 300],
        [86_400, 300],
      ] as const) {
        const request = wish === undefined ? {} : { ttl_seconds: wish };
        const cap = decodeCap(await capOf(kit, asA(kit, { request })));
        assert.equal(cap.exp - cap.iat, life);
      }
      const expiresAt = nowSeconds() + 90;
      const cap = decodeCap(await capOf(kit, { party: await lying(kit, { expiresAt }) }));
      assert.equal(cap.exp, expiresAt);
    },
  },
  {
    id: "BRK-16",
    title: "the chain wins: grant, revocation and grant again take effect at the next request",
    run: async (kit) => {
      const device = await kit.rival.agent("chain-wins", ["attack-alpha"]);
      const party = await partyOf(kit, { device, session: await newSession() });
      await capOf(kit, { party });
      await kit.rival.send("scope", "revokeScope", [device.operatorOmni, device.actorOmni]);
      await refusedMint(kit, { party }, 403, "service_not_in_scope");
      await kit.rival.grant(device.actorOmni, ["attack-alpha"]);
      await capOf(kit, { party });
    },
  },
];

const proofs: AttackCase[] = [
  {
    id: "BRK-12a",
    title: "A's delegation with a proof by B's key",
    run: async (kit) => {
      const proof = await prove(kit.b.session, { url: `${kit.broker.url}${FETCH}`, accessToken: kit.a.delegation });
      await refusedMint(kit, asA(kit, { proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12b",
    title: "a proof for another op, another method, another host",
    run: async (kit) => {
      const lies = [{ htu: `${kit.broker.url}/v1/cap/cred-list` }, { htm: "GET" }, { htu: `${kit.worker.url}${FETCH}` }];
      for (const lie of lies) await refusedMint(kit, asA(kit, { proof: await proofOfA(kit, lie) }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12c",
    title: "a proof 301 s old, and one 61 s ahead",
    run: async (kit) => {
      for (const seconds of [-301, 61])
        await refusedMint(kit, asA(kit, { proof: await proofOfA(kit, { iat: nowSeconds() + seconds }) }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12d",
    title: "a proof made for B's delegation",
    run: async (kit) => {
      const proof = await prove(kit.a.session, { url: `${kit.broker.url}${FETCH}`, accessToken: kit.b.delegation });
      await refusedMint(kit, asA(kit, { proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12e",
    title: "the same proof twice on one replica",
    run: async (kit) => {
      const proof = await proofOfA(kit, {});
      granted(await mint(kit, asA(kit, { proof })));
      await refusedMint(kit, asA(kit, { proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12f",
    title: "a proof with alg none, and with HMAC by the public key",
    run: async (kit) => {
      const { kty, crv, x, y } = kit.a.session.key.publicJwk;
      const [, payload = ""] = (await proofOfA(kit, {})).split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
      const header = { typ: "dpop+jwt", jwk: { kty, crv, x, y } };
      for (const proof of [unsigned({ ...header, alg: "none" }, claims), unsigned({ ...header, alg: "HS256" }, claims, x)])
        await refusedMint(kit, asA(kit, { proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "BRK-12g",
    title: "no proof at all",
    run: (kit) => refusedMint(kit, asA(kit, { headers: { authorization: `DPoP ${kit.a.delegation}` } }), 403, "cap_pop_invalid"),
  },
  {
    id: "BRK-12h",
    title: "the event stream of A with B's key, and without a delegation",
    run: async (kit) => {
      const url = `${kit.broker.url}/v1/events`;
      const dpop = await prove(kit.b.session, { method: "GET", url, accessToken: kit.a.delegation });
      const headers = { authorization: `DPoP ${kit.a.delegation}`, dpop };
      refused(await kit.broker.call("GET", "/v1/events", { headers }), 403, "cap_pop_invalid");
      refused(await kit.broker.call("GET", "/v1/events", { headers: { dpop } }), 401, "unauthorized");
    },
  },
  {
    id: "BRK-15",
    title: "the broker has no credential route",
    run: async (kit) => {
      for (const route of ["fetch", "store", "teardown", "list", "..%2ffetch"])
        refused(await kit.broker.call("POST", `/credential/${route}`, { body: {} }), 404, "not_found");
      const cap = await capOf(kit, { party: kit.a });
      refused(await use({ ...kit, worker: kit.broker }, { ...kit.a, cap }), 404, "not_found");
    },
  },
];

export const grantCases: readonly AttackCase[] = [...scope, ...proofs];
