/** What a holder of stolen or forged tokens asks of the broker. */
import { capOf, partyOf } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import type { Kit } from "../kit.ts";
import { asA, lying, proofOfA, refusedMint } from "../reads.ts";
import { delegate, newSession, nowSeconds } from "../tokens.ts";

const NO_HASH = `0x${"11".repeat(32)}`;

const identity: AttackCase[] = [
  {
    id: "BRK-01a",
    title: "A's session names another operator",
    run: (kit) => refusedMint(kit, asA(kit, { request: { operator_omni: kit.rival.operatorOmni } }), 403, "operator_mismatch"),
  },
  {
    id: "BRK-01b",
    title: "the same with a device hash nobody has",
    run: (kit) =>
      refusedMint(
        kit,
        asA(kit, { request: { operator_omni: kit.rival.operatorOmni, device_key_hash: NO_HASH } }),
        403,
        "operator_mismatch",
      ),
  },
  {
    id: "BRK-02a",
    title: "no token; a bearer token; a token of another kind",
    run: async (kit) => {
      const dpop = await proofOfA(kit, {});
      await refusedMint(kit, asA(kit, { headers: { dpop } }), 401, "unauthorized");
      await refusedMint(kit, asA(kit, { headers: { dpop, authorization: `Bearer ${kit.a.delegation}` } }), 401, "unauthorized");
      await refusedMint(kit, asA(kit, { headers: { dpop, authorization: "DPoP e30" } }), 401, "unauthorized");
    },
  },
  {
    id: "BRK-02b",
    title: "an expired delegation",
    run: async (kit) => {
      const past = { issuedAt: nowSeconds() - 900, expiresAt: nowSeconds() - 1 };
      await refusedMint(kit, { party: await lying(kit, past) }, 401, "unauthorized");
    },
  },
  {
    id: "BRK-02c",
    title: "a delegation of a day, and one from the future",
    run: async (kit) => {
      await refusedMint(kit, { party: await lying(kit, { expiresAt: nowSeconds() + 86_400 }) }, 401, "unauthorized");
      const future = { issuedAt: nowSeconds() + 300, expiresAt: nowSeconds() + 900 };
      await refusedMint(kit, { party: await lying(kit, future) }, 401, "unauthorized");
    },
  },
  {
    id: "BRK-02d",
    title: "a delegation signed for another registry",
    run: async (kit) => {
      const registry = kit.loot.chain.contracts.scope;
      await refusedMint(kit, { party: await lying(kit, {}, { ...kit.domain, registry }) }, 401, "unauthorized");
    },
  },
  {
    id: "BRK-02e",
    title: "a delegation signed for another chain",
    run: async (kit) => refusedMint(kit, { party: await lying(kit, {}, { ...kit.domain, chainId: 1 }) }, 401, "unauthorized"),
  },
  {
    id: "BRK-02f",
    title: "a delegation of B signed by A's device",
    run: async (kit) => {
      const { session } = kit.a;
      const signed = { device: kit.b.device, signer: kit.a.device, session, services: ["attack-alpha"], domain: kit.domain };
      await refusedMint(kit, { party: { device: kit.b.device, session, delegation: await delegate(signed) } }, 401, "unauthorized");
    },
  },
  {
    id: "BRK-02g",
    title: "A's delegation with B's actor written into it",
    run: async (kit) => {
      const token = JSON.parse(Buffer.from(kit.a.delegation, "base64url").toString("utf8")) as { message: object };
      const message = { ...token.message, actorOmni: kit.b.device.actorOmni };
      const delegation = Buffer.from(JSON.stringify({ ...token, message })).toString("base64url");
      await refusedMint(kit, { party: { ...kit.a, delegation } }, 401, "unauthorized");
    },
  },
  ...["f".repeat(64), `0x${"f".repeat(63)}`, `0x${"g".repeat(64)}`].map((omni, index) => ({
    id: `BRK-03${"abc"[index] ?? ""}`,
    title: `an actor of ${["no 0x", "63 digits", "other letters"][index] ?? ""}`,
    run: (kit: Kit) => refusedMint(kit, asA(kit, { request: { actor_omni: omni } }), 400, "invalid_input"),
  })),
  {
    id: "BRK-03d",
    title: "service names that would leave the actor's prefix (WRK-18)",
    run: async (kit, say) => {
      const names = ["", "..", "a/b", "*", ".hidden", "a".repeat(65), "attack-alpha\u0000", "ATTACK-ALPHA", "attack-alpha.enc/../x"];
      for (const service of names) await refusedMint(kit, asA(kit, { service }), 400, "invalid_input");
      say(`${names.length} names refused`);
    },
  },
  {
    id: "BRK-03e",
    title: "a member too many, and arrays where texts belong",
    run: async (kit) => {
      await refusedMint(kit, asA(kit, { request: { op: "cred-store" } }), 400, "invalid_input");
      await refusedMint(kit, asA(kit, { request: { actor_omni: [kit.b.device.actorOmni] } }), 400, "invalid_input");
    },
  },
];

const devices: AttackCase[] = [
  {
    id: "BRK-04a",
    title: "a device that is not registered",
    run: async (kit) => {
      const party = await partyOf(kit, { device: kit.rival.newDevice("unregistered"), session: await newSession() });
      await refusedMint(kit, { party }, 403, "device_not_active");
    },
  },
  {
    id: "BRK-04b",
    title: "a device that was revoked, with a delegation still running",
    run: async (kit) => {
      const device = await kit.rival.agent("revoked", ["attack-alpha"]);
      const party = await partyOf(kit, { device, session: await newSession() });
      await capOf(kit, { party });
      await kit.rival.send("registry", "revokeDevice", [device.deviceKeyHash]);
      await refusedMint(kit, { party }, 403, "device_revoked");
    },
  },
  {
    id: "BRK-05a",
    title: "A's session asks for B's actor",
    run: (kit) => refusedMint(kit, asA(kit, { request: { actor_omni: kit.b.device.actorOmni } }), 403, "device_binding_mismatch"),
  },
  {
    id: "BRK-05b",
    title: "A's session asks with B's actor and B's device hash",
    run: (kit) => {
      const { actorOmni, deviceKeyHash } = kit.b.device;
      const request = { actor_omni: actorOmni, device_key_hash: deviceKeyHash };
      return refusedMint(kit, asA(kit, { request }), 403, "device_binding_mismatch");
    },
  },
  {
    id: "BRK-05c",
    title: "a delegation by A's stolen device that names B's actor",
    run: async (kit) => {
      const { actorOmni } = kit.b.device;
      const party = await lying(kit, { actorOmni });
      await refusedMint(kit, { party, request: { actor_omni: actorOmni } }, 403, "device_binding_mismatch");
    },
  },
  {
    id: "BRK-05d",
    title: "every op for B's actor by A's session",
    run: async (kit) => {
      const request = { actor_omni: kit.b.device.actorOmni };
      for (const op of ["cred-fetch", "cred-store", "cred-teardown", "cred-list", "cred-reencrypt"] as const)
        await refusedMint(kit, asA(kit, { op, request }), 403, "device_binding_mismatch");
    },
  },
  {
    id: "BRK-05e",
    title: "the platform's master device fetches A's credential",
    run: (kit) => refusedMint(kit, { party: kit.master, request: { actor_omni: kit.a.device.actorOmni } }, 403, "device_binding_mismatch"),
  },
  {
    id: "BRK-06",
    title: "a device without the role CAP_MINT",
    run: async (kit) => {
      const party = await partyOf(kit, { device: await kit.rival.masterDevice(4), session: await newSession() });
      await refusedMint(kit, { party }, 403, "device_role_missing");
    },
  },
];

export const brokerCases: readonly AttackCase[] = [...identity, ...devices];
