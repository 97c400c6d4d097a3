/** Who is not this pod asks the operator for a delegation. */
import { apply, eventually, getJson, kubectl } from "../../kube.ts";
import { agentPod, agentTemplate } from "../../world.ts";
import { enrol, forge, tokenOf } from "../calls.ts";
import type { AttackCase } from "../case.ts";
import { granted, refused, type Answer } from "../expect.ts";
import { NS_A, NS_B, type Kit } from "../kit.ts";
import { lying, refusedEnrol, refusedMint, refusedUse } from "../reads.ts";
import { newSession, nowSeconds, prove, unsigned } from "../tokens.ts";

export const enrolmentCases: readonly AttackCase[] = [
  {
    id: "ENR-01",
    title: "no token; one that is no token; one signed by nobody",
    run: async (kit) => {
      for (const token of ["", "e30", unsigned({ alg: "none" }, { sub: `system:serviceaccount:${NS_A}:default` })])
        await refusedEnrol(kit, token, 401, "unauthorized");
    },
  },
  {
    id: "ENR-02",
    title: "the pod's token for another audience",
    run: async (kit) => {
      for (const audience of ["https://kubernetes.default.svc", "sts.amazonaws.com", "agentkeys"])
        await refusedEnrol(kit, await tokenOf(NS_A, "agent", audience), 401, "unauthorized");
    },
  },
  {
    id: "ENR-03",
    title: "the service account's token, bound to no pod",
    run: async (kit) => {
      const token = await kubectl("-n", NS_A, "create", "token", "default", "--audience", "agentkeys-enroll");
      await refusedEnrol(kit, token.trim(), 401, "unauthorized");
    },
  },
  {
    id: "ENR-04",
    title: "the token of a pod that is gone, while another has its name",
    run: async (kit) => {
      const pod = agentPod(NS_A, "gone", agentTemplate(["sleep", "900"], { spec: { terminationGracePeriodSeconds: 0 } }));
      await apply(pod);
      const token = await tokenOf(NS_A, "gone");
      await kubectl("-n", NS_A, "delete", "pod", "gone", "--grace-period=0", "--force");
      await apply(pod);
      await refusedEnrol(kit, token, 401, "unauthorized");
      await kubectl("-n", NS_A, "delete", "pod", "gone", "--grace-period=0", "--force", "--wait=false");
    },
  },
  {
    id: "ENR-05",
    title: "the pod's token with a proof by another key; none; one for another route",
    run: async (kit) => {
      const [session, prover] = [await newSession(), await newSession()];
      const token = await tokenOf(NS_A, "agent");
      refused(await enrol(kit, { token, session, prover }), 403, "cap_pop_invalid");
      refused(await enrol(kit, { token, session, proof: "" }), 403, "cap_pop_invalid");
      const url = `${kit.operator.url}/v1/policy`;
      refused(await enrol(kit, { token, session, proof: await prove(session, { url, accessToken: token }) }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "ENR-06",
    title: "a captured enrolment sent again to the same replica",
    run: async (kit) => {
      const session = await newSession();
      const token = await tokenOf(NS_A, "agent");
      const proof = await prove(session, { url: `${kit.operator.url}/v1/enroll`, accessToken: token });
      granted(await enrol(kit, { token, session, proof }));
      refused(await enrol(kit, { token, session, proof }), 403, "cap_pop_invalid");
      // Another key cannot take the captured proof over either.
      refused(await enrol(kit, { token, session: await newSession(), proof }), 403, "cap_pop_invalid");
    },
  },
  {
    id: "ENR-07",
    title: "a pod the webhook never saw",
    run: async (kit) => refusedEnrol(kit, await tokenOf(NS_A, "plain"), 403, "enrol_refused"),
  },
  {
    id: "ENR-12",
    title: "the status of A's binding forged: B's actor, then B's device too",
    run: async (kit, say) => {
      const { actorOmni, deviceKeyHash } = kit.b.device;
      const forged = async (status: object): Promise<Answer> => {
        const patch = JSON.stringify({ status });
        await kubectl("-n", NS_A, "patch", "akb", "agent", "--subresource=status", "--type=merge", "-p", patch);
        return enrol(kit, { token: await tokenOf(NS_A, "agent"), session });
      };
      const session = await newSession();
      const answers = [await forged({ actorOmni }), await forged({ actorOmni, deviceKeyHash })];
      // The operator repairs its status at any moment; whatever it signed, the chain knows whose device that is.
      for (const { status, body } of answers) {
        const delegation = String((body as { delegation?: unknown }).delegation);
        say(`enrolment answered ${status}`);
        if (status === 200) {
          const party = { device: kit.a.device, session, delegation };
          await refusedMint(kit, { party, request: { actor_omni: actorOmni } }, 403, "device_binding_mismatch");
          const cap = await forge(kit, { ...party, device: { ...kit.a.device, actorOmni } });
          await refusedUse(kit, party, cap, 403, "device_binding_mismatch");
        } else refused({ status, body }, 403, "enrol_refused");
      }
      await eventually("the operator repaired the status", 30, async () => {
        const { status } = await getJson<{ status?: { actorOmni?: string } }>("akb", "agent", "-n", NS_A);
        return status?.actorOmni === kit.a.device.actorOmni ? true : undefined;
      });
    },
  },
  {
    id: "ENR-11",
    title: "a policy stream of A with B's key, with a lying delegation, and with an expired one",
    run: async (kit) => {
      const url = `${kit.operator.url}/v1/policy`;
      const stream = async (delegation: string, key: Kit["a"]["session"]): ReturnType<Kit["operator"]["call"]> => {
        const dpop = await prove(key, { method: "GET", url, accessToken: delegation });
        return kit.operator.call("GET", "/v1/policy", { headers: { authorization: `DPoP ${delegation}`, dpop } });
      };
      refused(await stream(kit.a.delegation, kit.b.session), 403, "cap_pop_invalid");
      const lies = { namespace: NS_B, podUid: "x" };
      refused(await stream((await lying(kit, lies)).delegation, kit.a.session), 403, "enrol_refused");
      const past = { issuedAt: nowSeconds() - 900, expiresAt: nowSeconds() - 1 };
      refused(await stream((await lying(kit, past)).delegation, kit.a.session), 401, "unauthorized");
    },
  },
];
