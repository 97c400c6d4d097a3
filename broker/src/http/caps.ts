import { CAP_AUDIENCE, CAP_OPS, capSeconds, signCap, type Cap, type CapOp } from "@agentkeys/common/cap";
import type { ChainReader } from "@agentkeys/common/chain";
import { AgentKeysError, toAgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import { assertService, normaliseHex32, serviceHash } from "@agentkeys/common/identity";
import type { SigningKey } from "@agentkeys/common/jose";
import { validator } from "@agentkeys/common/validator";
import type { CapAnswer, CapRequest } from "@agentkeys/common/wire";
import { checkCapRequest } from "@agentkeys/common/wire-checks";
import type { Express } from "express";
import { refusalByChain, refusalByDelegation, type MintRequest } from "../domain/mint.ts";
import type { BrokerMetrics } from "../metrics.ts";
import { authenticate, type AuthenticateDeps } from "./authenticate.ts";

export interface CapRoutesDeps extends AuthenticateDeps {
  chain: ChainReader;
  key: SigningKey;
  metrics: BrokerMetrics;
  randomId: () => string;
}

const parseBody = validator<CapRequest>(checkCapRequest);

function toMintRequest(op: CapOp, body: CapRequest): MintRequest {
  const service = assertService(body.service);
  return {
    op,
    operatorOmni: normaliseHex32(body.operator_omni),
    actorOmni: normaliseHex32(body.actor_omni),
    service,
    serviceHash: serviceHash(service),
    deviceKeyHash: normaliseHex32(body.device_key_hash),
  };
}

function refuseWith(code: ErrorCode | null): void {
  if (code !== null) throw new AgentKeysError(code);
}

/** POST `/v1/cap/<op>` for each op. */
export function mountCaps(app: Express, deps: CapRoutesDeps): void {
  for (const op of CAP_OPS) {
    const path = `/v1/cap/${op}`;
    app.post(path, async (request, response) => {
      try {
        const { delegation, jkt } = await authenticate(request, deps);
        const body = parseBody(request.body);
        const mint = toMintRequest(op, body);
        refuseWith(refusalByDelegation(mint, delegation));
        const facts = await deps.chain.capFacts(mint);
        refuseWith(refusalByChain(mint, delegation, facts));
        const now = deps.clock.nowSeconds();
        const cap: Cap = {
          iss: deps.publicUrl,
          aud: CAP_AUDIENCE,
          jti: deps.randomId(),
          iat: now,
          exp: now + capSeconds(body.ttl_seconds, now, delegation.expiresAt),
          operator_omni: mint.operatorOmni,
          actor_omni: mint.actorOmni,
          service: mint.service,
          op,
          data_class: "credentials",
          device_key_hash: mint.deviceKeyHash,
          k3_epoch: facts.k3Epoch,
          dgh: delegation.hash,
          cnf: { jkt },
        };
        const signed = await signCap(deps.key, cap).catch((cause: unknown) => {
          throw new AgentKeysError("sign_error", { cause });
        });
        const answer: CapAnswer = { cap: signed, expires_at: cap.exp };
        deps.metrics.caps.inc({ op, code: "ok" });
        response.json(answer);
      } catch (fault) {
        deps.metrics.caps.inc({ op, code: toAgentKeysError(fault).code });
        throw fault;
      }
    });
  }
}
