import type { CapOp } from "@agentkeys/common/cap";
import { checkCapChain, routeOf, type CapChainDeps } from "@agentkeys/common/cap-chain";
import { AgentKeysError, toAgentKeysError } from "@agentkeys/common/errors";
import { createApp, finishApp } from "@agentkeys/common/http";
import type { Metrics } from "@agentkeys/common/metrics";
import type { CapChain } from "@agentkeys/common/wire";
import type { Express, Request } from "express";
import type { WorkerAudit } from "../audit.ts";
import type { OpenVaults } from "../vault/index.ts";
import { createMeasures } from "../measures.ts";
import { fetchCredential, storeCredential, teardown, type CredentialDeps } from "./credentials.ts";
import type { Granted } from "./find.ts";
import { list } from "./list.ts";
import { reencrypt } from "./reencrypt.ts";

export interface WorkerDeps extends Omit<CredentialDeps, "measures"> {
  metrics: Metrics;
  capChain: CapChainDeps;
  openVaults: OpenVaults;
  audit: WorkerAudit;
}

const MAX_STORE_BODY_BYTES = 98_304;

function presentedBy(request: Request): CapChain {
  const cap = /^DPoP (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
  const delegation = request.headers["agentkeys-delegation"];
  const proof = request.headers["dpop"];
  if (cap === undefined || typeof delegation !== "string" || typeof proof !== "string" || delegation === "" || proof === "")
    throw new AgentKeysError("unauthorized", { message: "Send Authorization: DPoP <cap>, DPoP and AgentKeys-Delegation" });
  return { cap, delegation, proof };
}

/** The credential routes; nothing touches store or signer before the whole cap chain held. */
export function createWorkerApp(deps: WorkerDeps): Express {
  const app = createApp({
    log: deps.log,
    metrics: deps.metrics,
    maxBodyBytes: MAX_STORE_BODY_BYTES,
    // A caller without its three headers is turned away before its body is read.
    guard: (request) => {
      if (request.path.startsWith("/credential/")) presentedBy(request);
    },
  });
  const measures = createMeasures(deps.metrics);
  const mount = (op: CapOp, handle: (granted: Granted, body: unknown, deps: CredentialDeps) => Promise<object>): void => {
    app.post(routeOf(op), async (request, response) => {
      const chain = presentedBy(request);
      const checked = await checkCapChain(chain, op, deps.capChain);
      const run = async (): Promise<object> => {
        const vaults = deps.openVaults(checked.cap.actor_omni, await deps.signer.session(chain));
        return handle({ ...checked, chain, vaults }, request.body, { ...deps, measures });
      };
      const answer = await run().catch((fault: unknown) => {
        const { code } = toAgentKeysError(fault);
        deps.audit.record(op, checked, code);
        measures.calls.inc({ op, code });
        throw fault;
      });
      deps.audit.record(op, checked, "ok");
      response.json(answer);
      measures.calls.inc({ op, code: "ok" });
      const { actor_omni: actor, service, device_key_hash: device, jti } = checked.cap;
      deps.log.info("credential call served", { op, actor, service, device, capId: jti });
    });
  };
  mount("cred-fetch", fetchCredential);
  mount("cred-store", storeCredential);
  mount("cred-teardown", teardown);
  mount("cred-list", list);
  mount("cred-reencrypt", reencrypt);
  finishApp(app, { log: deps.log });
  return app;
}
