import { checkCapChain, type CapChainDeps, type CheckedCap } from "@agentkeys/common/cap-chain";
import { deriveKek } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createApp, finishApp, validator } from "@agentkeys/common/http";
import type { Hex } from "@agentkeys/common/identity";
import type { SigningKey } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { deriveKekSchema, stsSchema, type CapChain, type StsAnswer } from "@agentkeys/common/wire";
import type { Express, RequestHandler } from "express";
import type { TLSSocket } from "node:tls";
import { verifyMessage } from "ethers";
import type { K3Keys } from "../keys/k3.ts";

export interface SignerDeps {
  log: Log;
  metrics: Metrics;
  capChain: CapChainDeps;
  k3: K3Keys;
  stsSession: (actorOmni: Hex) => Promise<StsAnswer>;
  /** URI name a client certificate must carry. */
  allowedClient: string;
}

const parseKek = validator<CapChain & { k3_epoch: number }>(deriveKekSchema);
const parseSts = validator<CapChain>(stsSchema);
const parseK10 = validator<{ device_address: string; payload: string; sig: string }>({
  type: "object",
  additionalProperties: false,
  required: ["device_address", "payload", "sig"],
  properties: {
    device_address: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" },
    payload: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$" },
    sig: { type: "string", pattern: "^0x[0-9a-fA-F]{130}$" },
  },
});

/** Admits only the worker's certificate; the broker's, though signed by the same CA, is refused. */
function requireClient(allowed: string): RequestHandler {
  return (request, _response, next) => {
    const names = (request.socket as TLSSocket).getPeerCertificate().subjectaltname ?? "";
    const isAllowed = names.split(", ").includes(`URI:${allowed}`);
    next(
      isAllowed
        ? undefined
        : new AgentKeysError("unauthorized", { message: "This client certificate may not call the signer", detail: names }),
    );
  };
}

function assertEpoch(checked: CheckedCap, epoch: number): void {
  const { k3Epoch } = checked.facts;
  const isAllowed = checked.cap.op === "cred-store" ? epoch === k3Epoch : epoch <= k3Epoch;
  if (!isAllowed) throw new AgentKeysError("k3_epoch_mismatch");
}

/** The mTLS surface: KEKs and storage sessions, each only against a cap chain the signer verified itself. */
export function createSignerApp(deps: SignerDeps): Express {
  const app = createApp({ log: deps.log, metrics: deps.metrics });
  app.use(requireClient(deps.allowedClient));
  app.post("/derive-cred-kek", async (request, response) => {
    const { k3_epoch: epoch, ...presented } = parseKek(request.body);
    const checked = await checkCapChain(presented, "any", deps.capChain);
    assertEpoch(checked, epoch);
    const k3 = deps.k3.get(epoch);
    if (k3 === null) throw new AgentKeysError("k3_epoch_mismatch", { detail: "no K3 for this epoch" });
    const kek = deriveKek(k3, checked.cap.actor_omni);
    response.json({ kek_b64: kek.revealBytes().toString("base64") });
    kek.wipe();
  });
  app.post("/sts-credentials", async (request, response) => {
    const checked = await checkCapChain(parseSts(request.body), "any", deps.capChain);
    response.json(await deps.stsSession(checked.cap.actor_omni));
  });
  app.post("/verify/k10-sig", (request, response) => {
    const { device_address: address, payload, sig } = parseK10(request.body);
    response.json({ valid: isSignedBy(address, payload, sig) });
  });
  finishApp(app, { log: deps.log });
  return app;
}

/** EIP-191 over 32 bytes. */
function isSignedBy(address: string, payload: string, signature: string): boolean {
  try {
    return verifyMessage(Buffer.from(payload.slice(2), "hex"), signature).toLowerCase() === address.toLowerCase();
  } catch {
    return false;
  }
}

/** The public surface: OpenID discovery and JWKS. */
export function createOidcApp(deps: { log: Log; metrics: Metrics; issuer: string; key: SigningKey }): Express {
  const app = createApp({ log: deps.log, metrics: deps.metrics });
  const discovery = {
    issuer: deps.issuer,
    jwks_uri: `${deps.issuer}/jwks.json`,
    authorization_endpoint: `${deps.issuer}/authorize`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    claims_supported: ["sub", "aud", "iss", "iat", "exp", "agentkeys_actor_omni"],
  };
  app.get("/.well-known/openid-configuration", (_request, response) => void response.json(discovery));
  app.get("/jwks.json", (_request, response) => void response.json({ keys: [deps.key.publicJwk] }));
  finishApp(app, { log: deps.log });
  return app;
}
