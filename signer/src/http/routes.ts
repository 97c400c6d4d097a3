import { checkCapChain, type CapChainDeps, type CheckedCap } from "@agentkeys/common/cap-chain";
import { deriveKek } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { createApp, finishApp } from "@agentkeys/common/http";
import type { Hex } from "@agentkeys/common/identity";
import type { SigningKey } from "@agentkeys/common/jose";
import type { Secret } from "@agentkeys/common/secret";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { ISSUER_PATHS, issuerFiles } from "@agentkeys/common/oidc";
import { validator } from "@agentkeys/common/validator";
import type { CapChain, DeriveKekRequest, ResealAnswer, ResealRequest, VerifyK10Request, StsAnswer } from "@agentkeys/common/wire";
import { checkDeriveKek, checkReseal, checkVerifyK10, checkSts } from "@agentkeys/common/wire-checks";
import type { Express, Request } from "express";
import type { TLSSocket } from "node:tls";
import { verifyMessage } from "ethers";
import { resealBlob, type ResealDeps } from "./reseal.ts";

/** A reseal carries the largest object the worker reads, in base64. */
const MAX_BODY_BYTES = 196_608;

export interface SignerDeps extends ResealDeps {
  log: Log;
  metrics: Metrics;
  capChain: CapChainDeps;
  stsSession: (actorOmni: Hex) => Promise<StsAnswer>;
  /** URI name a client certificate must carry. */
  allowedClient: string;
}

const parseKek = validator<DeriveKekRequest>(checkDeriveKek);
const parseSts = validator<CapChain>(checkSts);
const parseReseal = validator<ResealRequest>(checkReseal);
const parseK10 = validator<VerifyK10Request>(checkVerifyK10);

/** Admits only the worker's certificate; the broker's, though signed by the same CA, is refused. */
function requireClient(allowed: string): (request: Request) => void {
  return (request) => {
    const names = (request.socket as TLSSocket).getPeerCertificate().subjectaltname ?? "";
    if (!names.split(", ").includes(`URI:${allowed}`))
      throw new AgentKeysError("unauthorized", { message: "This client certificate may not call the signer", detail: names });
  };
}

/** A KEK is for opening (fetch, any epoch that was) or sealing (store, the current one); no other op is given one. */
function assertEpoch({ cap, facts }: CheckedCap, epoch: number): void {
  const isAllowed = cap.op === "cred-store" ? epoch === facts.k3Epoch : epoch <= facts.k3Epoch;
  if (!isAllowed) throw new AgentKeysError("k3_epoch_mismatch");
}

function kekOf(checked: CheckedCap, asked: DeriveKekRequest, deps: SignerDeps): Secret {
  const { actor_omni: actor, op, service } = checked.cap;
  const version = asked.envelope_version ?? 4;
  if (op !== "cred-fetch" && (op !== "cred-store" || version !== 4)) throw new AgentKeysError("cap_op_mismatch");
  if (version !== 4) {
    const kek = version === 2 ? deps.legacy.staticKek() : deps.legacy.walletKek(actor, service);
    if (kek === null) throw new AgentKeysError("envelope_key_missing", { detail: `envelope version ${version}` });
    return kek;
  }
  const epoch = asked.k3_epoch;
  if (epoch === undefined) throw new AgentKeysError("invalid_input", { message: "k3_epoch is required for envelope version 4" });
  assertEpoch(checked, epoch);
  const k3 = op === "cred-store" ? deps.k3.getForSealing(epoch) : deps.k3.get(epoch);
  if (k3 === null) throw new AgentKeysError("k3_key_missing", { detail: `epoch ${epoch}` });
  return deriveKek(k3, actor);
}

/** The mTLS surface: KEKs and storage sessions, each only against a cap chain the signer verified itself. */
export function createSignerApp(deps: SignerDeps): Express {
  const app = createApp({ log: deps.log, metrics: deps.metrics, guard: requireClient(deps.allowedClient), maxBodyBytes: MAX_BODY_BYTES });
  const resealed = deps.metrics.counter("reseals_total", "Stored blobs sealed again under the current epoch", ["op"]);
  app.post("/derive-cred-kek", async (request, response) => {
    const asked = parseKek(request.body);
    const kek = kekOf(await checkCapChain(asked, "any", deps.capChain), asked, deps);
    response.json({ kek_b64: kek.revealBytes().toString("base64") });
    kek.wipe();
  });
  app.post("/reseal-cred", async (request, response) => {
    const asked = parseReseal(request.body);
    const checked = await checkCapChain(asked, "any", deps.capChain);
    const blob = resealBlob(checked, Buffer.from(asked.blob_b64, "base64"), deps);
    resealed.inc({ op: checked.cap.op });
    response.json({ blob_b64: blob.toString("base64") } satisfies ResealAnswer);
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
  const files = issuerFiles(deps.issuer, [deps.key.publicJwk]);
  for (const path of ISSUER_PATHS) app.get(path, (_request, response) => void response.type("json").send(files[path]));
  finishApp(app, { log: deps.log });
  return app;
}
