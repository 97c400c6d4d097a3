/** The broker is stolen: K1, its certificate, its place in the network and everything that passes through it. */
import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createHttpClient } from "@agentkeys/common/http-client";
import { delegationHash } from "@agentkeys/common/delegation";
import { makeCertificate } from "../../certificate.ts";
import { kubectl, SYSTEM } from "../../kube.ts";
import { capOf, forge, partyOf, use } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { failsWith, refused } from "../expect.ts";
import type { Kit, Party } from "../kit.ts";
import { refusedUse } from "../reads.ts";
import { assume, identityClaims } from "../store.ts";
import { delegate, newSession, prove, sign } from "../tokens.ts";
import { withLeaf } from "../wire.ts";

/** B's claims with the thief's session key. */
async function asB(kit: Kit, delegation: string): Promise<Party> {
  return { device: kit.b.device, session: await newSession(), delegation };
}

/** What the signer is asked for, with whatever chain of tokens. */
async function chainOf(kit: Kit): Promise<{ cap: string; delegation: string; proof: string }> {
  const cap = await capOf(kit, { party: kit.a });
  const proof = await prove(kit.a.session, { url: `${kit.worker.url}/credential/fetch`, accessToken: cap });
  return { cap, delegation: kit.a.delegation, proof };
}

const caps: AttackCase[] = [
  {
    id: "STB-01",
    title: "a forged cap for B without any delegation",
    run: async (kit) => {
      const thief = await asB(kit, "");
      await refusedUse(kit, thief, await forge(kit, thief), 401, "unauthorized");
      const nonsense = { ...thief, delegation: "e30" };
      await refusedUse(kit, nonsense, await forge(kit, nonsense), 401, "unauthorized");
    },
  },
  {
    id: "STB-02a",
    title: "a forged cap for B with the delegation of the thief's own unregistered device",
    run: async (kit) => {
      const device = { ...kit.rival.newDevice("thief"), operatorOmni: kit.b.device.operatorOmni, actorOmni: kit.b.device.actorOmni };
      const thief = await partyOf(kit, { device, session: await newSession() });
      await refusedUse(kit, thief, await forge(kit, thief), 403, "device_inactive");
    },
  },
  {
    id: "STB-02b",
    title: "a forged cap for B with the delegation of a device of another operator",
    run: async (kit) => {
      const own = await kit.rival.agent("stolen-broker", ["attack-alpha"]);
      const thief = await partyOf(kit, { device: own, session: await newSession() });
      const { operatorOmni, actorOmni } = kit.b.device;
      await refusedUse(kit, thief, await forge(kit, thief, { actor_omni: actorOmni }), 403, "device_binding_mismatch");
      const lying = await partyOf(kit, { device: { ...own, operatorOmni, actorOmni }, session: thief.session });
      await refusedUse(kit, lying, await forge(kit, lying), 403, "device_binding_mismatch");
    },
  },
  {
    id: "STB-02c",
    title: "a delegation in B's name signed by the thief",
    run: async (kit) => {
      const session = await newSession();
      const signer = kit.rival.newDevice("thief");
      const delegation = await delegate({ device: kit.b.device, signer, session, services: ["attack-alpha"], domain: kit.domain });
      const thief = { device: kit.b.device, session, delegation };
      await refusedUse(kit, thief, await forge(kit, thief), 401, "unauthorized");
    },
  },
  {
    id: "STB-03a",
    title: "B's delegation, seen in passing, with a cap for the thief's key",
    run: async (kit) => {
      const thief = await asB(kit, kit.b.delegation);
      await refusedUse(kit, thief, await forge(kit, thief), 403, "device_binding_mismatch");
    },
  },
  {
    id: "STB-03b",
    title: "B's delegation with a cap for B's key, and the thief's proof",
    run: async (kit) => {
      const { session } = await asB(kit, "");
      refused(await use(kit, { ...kit.b, cap: await forge(kit, kit.b), session }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "STB-03c",
    title: "B's proof to the broker, seen in passing, carried to the worker",
    run: async (kit) => {
      const url = `${kit.broker.url}/v1/cap/cred-fetch`;
      const seen = await prove(kit.b.session, { url, accessToken: kit.b.delegation });
      refused(await use(kit, { ...kit.b, cap: await forge(kit, kit.b), proof: seen }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "STB-04",
    title: "A's stolen session too: a forged cap for B's actor over A's delegation, for every op",
    run: async (kit) => {
      const { actorOmni, deviceKeyHash } = kit.b.device;
      for (const op of ["cred-fetch", "cred-store", "cred-teardown", "cred-list", "cred-reencrypt"] as const) {
        const cap = await forge(kit, kit.a, { op, actor_omni: actorOmni });
        refused(await use(kit, { ...kit.a, cap, op }), 403, "device_binding_mismatch");
      }
      const named = await forge(kit, kit.a, { actor_omni: actorOmni, device_key_hash: deviceKeyHash });
      await refusedUse(kit, kit.a, named, 403, "device_binding_mismatch");
      const crossed = await forge(kit, kit.a, { dgh: delegationHash(kit.b.delegation) });
      await refusedUse(kit, kit.a, crossed, 403, "device_binding_mismatch");
    },
  },
  {
    id: "STB-05",
    title: "a forged cap of the platform's operator as its own actor over A's delegation",
    run: async (kit) => {
      const { operatorOmni } = kit.a.device;
      await refusedUse(kit, kit.a, await forge(kit, kit.a, { actor_omni: operatorOmni }), 403, "device_binding_mismatch");
    },
  },
];

const network: AttackCase[] = [
  {
    id: "STB-06a",
    title: "the signer, called with the broker's certificate and an honest chain of A",
    run: async (kit) => {
      const broker = withLeaf(kit.signer, kit.loot.caPem, kit.loot.brokerLeaf);
      try {
        const chain = await chainOf(kit);
        refused(await broker.call("POST", "/derive-cred-kek", { body: { ...chain, k3_epoch: kit.epoch } }), 401, "unauthorized");
        refused(await broker.call("POST", "/sts-credentials", { body: chain }), 401, "unauthorized");
        refused(await broker.call("POST", "/verify/k10-sig", { body: {} }), 401, "unauthorized");
      } finally {
        await broker.close();
      }
    },
  },
  {
    id: "STB-06b",
    title: "the signer without a certificate, and with a self-made one in the worker's name",
    run: async (kit) => {
      const refusal = /upstream_unreachable.*(ECONNRESET|certificate|alert|socket|closed)/is;
      await failsWith(kit.signer.call("POST", "/sts-credentials", { body: await chainOf(kit) }), refusal);
      const forged = withLeaf(kit.signer, kit.loot.caPem, selfMadeLeaf());
      try {
        await failsWith(forged.call("POST", "/sts-credentials", { body: await chainOf(kit) }), refusal);
      } finally {
        await forged.close();
      }
    },
  },
  {
    id: "STB-07",
    title: "the broker's certificate shown as another service's",
    run: async (kit, say) => {
      const server = createServer(kit.loot.brokerLeaf, (_request, response) => void response.end("{}"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      try {
        const names = ["creds-worker", "signer", "signer-oidc", "operator", "webhook", "store"];
        for (const name of names) {
          const client = createHttpClient({ caPem: kit.loot.caPem, serverName: `agentkeys-${name}.${SYSTEM}.svc` });
          await failsWith(client.json("GET", `https://127.0.0.1:${port}/`), /ERR_TLS_CERT_ALTNAME_INVALID/);
          await client.close();
        }
        const own = createHttpClient({ caPem: kit.loot.caPem, serverName: kit.broker.host });
        assert.equal((await own.json("GET", `https://127.0.0.1:${port}/`)).status, 200);
        await own.close();
        say(`${names.length} names refused, its own accepted`);
      } finally {
        server.close();
      }
    },
  },
  {
    id: "STB-08",
    title: "the broker's service account in the Kubernetes API",
    run: async () => {
      const as = `--as=system:serviceaccount:${SYSTEM}:agentkeys-broker`;
      const asked = [
        ["get", "secrets", "-n", SYSTEM],
        ["get", "pods", "-A"],
        ["create", "tokenreviews.authentication.k8s.io"],
        ["create", "serviceaccounts/token", "-n", SYSTEM],
        ["get", "agentkeysbindings.agentkeys.io", "-A"],
        ["create", "pods/exec", "-n", SYSTEM],
      ];
      for (const question of asked) await failsWith(kubectl("auth", "can-i", ...question, as), /no/);
      const mounted = await kubectl(
        "-n",
        SYSTEM,
        "get",
        "deploy",
        "agentkeys-broker",
        "-o",
        "jsonpath={.spec.template.spec.automountServiceAccountToken}",
      );
      assert.equal(mounted, "false");
    },
  },
  {
    id: "STB-09",
    title: "the token service, with B's identity signed by K1",
    run: async (kit) =>
      failsWith(
        assume(kit, await sign(kit.loot.k1, identityClaims(kit.b.device.actorOmni), "JWT")),
        /^InvalidParameterValue .*No public key found for kid/,
      ),
  },
];

/** A certificate with the worker's URI that our CA never signed. */
const selfMadeLeaf = (): { cert: string; key: string } => makeCertificate(["URI:spiffe://agentkeys/creds-worker"]);

export const stolenBrokerCases: readonly AttackCase[] = [...caps, ...network];
