/** Another operator with a wallet of its own on the same chain (ADR 6). */
import { operatorOmni } from "@agentkeys/common/identity";
import { capOf, forge, mint, partyOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { failsWith, refused } from "../expect.ts";
import { refusedMint, refusedUse } from "../reads.ts";
import { newSession } from "../tokens.ts";

const OPS = ["cred-fetch", "cred-store", "cred-teardown", "cred-list", "cred-reencrypt"] as const;

export const rivalCases: readonly AttackCase[] = [
  {
    id: "OPR-01a",
    title: "its own device registered for A's actor",
    run: async ({ rival, a }) => {
      const device = { ...rival.newDevice("x"), actorOmni: a.device.actorOmni };
      for (const path of [["x/0"], [], ["x/0", "y/0"]])
        await failsWith(
          rival.send("registry", "registerAgentDevice", await rival.registration(device, path)),
          /^Error reverted with ActorNotDerived /,
        );
    },
  },
  {
    id: "OPR-01b",
    title: "its own device registered under A's operator",
    run: async ({ rival, a }) => {
      const device = { ...a.device, ...pick(rival.newDevice("x")) };
      await failsWith(
        rival.send("registry", "registerAgentDevice", await rival.registration(device, ["x/0"])),
        /^Error reverted with NotAuthorized /,
      );
    },
  },
  {
    id: "OPR-01c",
    title: "a master device under A's operator, or one whose actor is A",
    run: async ({ rival, a }) => {
      const { deviceKeyHash } = rival.newDevice("x");
      const { operatorOmni: theirs, actorOmni } = a.device;
      await failsWith(
        rival.send("registry", "registerMasterDevice", [deviceKeyHash, theirs, theirs, 7, "0x"]),
        /^Error reverted with OperatorOmniMismatch /,
      );
      const own = rival.operatorOmni;
      await failsWith(
        rival.send("registry", "registerMasterDevice", [deviceKeyHash, own, actorOmni, 7, "0x"]),
        /^Error reverted with ActorNotDerived /,
      );
    },
  },
  {
    id: "OPR-01d",
    title: "A's device key registered again; a device without proof of its key",
    run: async ({ rival, a }) => {
      const taken = { ...rival.newDevice("x"), k10: a.device.k10, deviceKeyHash: a.device.deviceKeyHash };
      await failsWith(
        rival.send("registry", "registerAgentDevice", await rival.registration(taken, ["x/0"])),
        /^Error reverted with DeviceAlreadyRegistered /,
      );
      const unproven = { ...rival.newDevice("x"), k10: a.device.k10 };
      const call = rival.send("registry", "registerAgentDevice", await rival.registration(unproven, ["x/0"]));
      await failsWith(call, /^Error reverted with ProofOfPossessionInvalid /);
    },
  },
  {
    id: "OPR-02",
    title: "A's scope widened, B's scope and device revoked, K3 rotated",
    run: async ({ rival, a, b }) => {
      const { operatorOmni: theirs, actorOmni } = a.device;
      await failsWith(rival.send("scope", "setScope", [theirs, actorOmni, [], false]), /^Error reverted with NotAuthorized /);
      await failsWith(
        rival.send("scope", "setScopes", [theirs, [{ agentOmni: actorOmni, services: [], readOnly: false }]]),
        /^Error reverted with NotAuthorized /,
      );
      await failsWith(rival.send("scope", "revokeScope", [theirs, b.device.actorOmni]), /^Error reverted with NotAuthorized /);
      await failsWith(rival.send("registry", "revokeDevice", [b.device.deviceKeyHash]), /^Error reverted with NotAuthorized /);
      await failsWith(rival.send("epoch", "advanceEpoch", []), /^Error reverted with NotSignerGovernance /);
    },
  },
  {
    id: "OPR-03",
    title: "it grants itself A's actor: broker, and worker with K1 too, refuse its devices for every op",
    run: async (kit) => {
      const { rival } = kit;
      const { actorOmni } = kit.a.device;
      await rival.grant(actorOmni, ["attack-alpha"]);
      const session = await newSession();
      const agent = await partyOf(kit, { device: await rival.agent("grantee", ["attack-alpha"]), session }, { actorOmni });
      const master = await partyOf(kit, { device: await rival.masterDevice(7), session });
      for (const party of [agent, master])
        for (const op of OPS) {
          refused(await mint(kit, { party, op, request: { actor_omni: actorOmni } }), 403, "device_binding_mismatch");
          const cap = await forge(kit, party, { op, actor_omni: actorOmni });
          refused(await use(kit, { ...party, cap, op }), 403, "device_binding_mismatch");
        }
    },
  },
  {
    id: "OPR-04",
    title: "an agent of it for an actor of its own reaches nothing of ours under the same service name",
    run: async (kit) => {
      const device = await kit.rival.agent("honest", ["attack-alpha"]);
      const party = await partyOf(kit, { device, session: await newSession() });
      await refusedUse(kit, party, await capOf(kit, { party }), 404, "no_such_credential");
      await refusedMint(kit, { party, request: { operator_omni: kit.a.device.operatorOmni } }, 403, "operator_mismatch");
    },
  },
  {
    id: "OPR-05",
    title: "an operator nobody registered",
    run: async ({ rival, a }) => {
      const nobody = operatorOmni(`0x${"12".repeat(20)}`);
      await failsWith(
        rival.send("scope", "setScope", [nobody, a.device.actorOmni, [], false]),
        /^Error reverted with OperatorNotRegistered /,
      );
    },
  },
];

/** The key of a device, without what it says it is. */
function pick<T extends { k10: unknown; deviceKeyHash: unknown }>({ k10, deviceKeyHash }: T): Pick<T, "k10" | "deviceKeyHash"> {
  return { k10, deviceKeyHash };
}
