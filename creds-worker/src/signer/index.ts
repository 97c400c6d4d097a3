/**
 * The signer as the worker sees it: KEKs and storage sessions against a cap chain, over mTLS. Keeps nothing.
 */
import type { EnvelopeKind } from "@agentkeys/common/envelope";
import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http";
import { Secret } from "@agentkeys/common/secret";
import type { CapChain, StsAnswer } from "@agentkeys/common/wire";

/** Which KEK: by epoch, or that of an older envelope, which is only ever opened. */
export type Kek = EnvelopeKind;

export interface Signer {
  /** Resolves when the signer answers this process's certificate. */
  probe(signal: AbortSignal): Promise<void>;
  kek(chain: CapChain, of: Kek): Promise<Secret>;
  session(chain: CapChain): Promise<StsAnswer>;
  /** The blob sealed under the current epoch. */
  reseal(chain: CapChain, blob: Uint8Array): Promise<Buffer>;
}

/** Faults of what is stored or held, which the caller has to hear of by name. */
const PASSED_ON: readonly string[] = [
  "envelope_key_missing",
  "k3_key_missing",
  "envelope_decrypt",
  "envelope_unknown_version",
  "envelope_too_short",
] satisfies ErrorCode[];

/** Calls the signer; its 403 reasons and faults of blobs and keys are passed on, everything else is `signer_unavailable`. */
export function createSigner(of: { client: HttpClient; url: string }): Signer {
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await of.client.json("POST", `${of.url}${path}`, { body }).catch((cause: unknown) => {
      throw new AgentKeysError("signer_unavailable", { cause });
    });
    const content = (answer.body ?? {}) as Record<string, unknown>;
    if (answer.status === 200) return content;
    const reason = String(content["reason"]);
    const isPassedOn = (answer.status === 403 && Object.hasOwn(CODES, reason)) || PASSED_ON.includes(reason);
    const code = isPassedOn ? (reason as ErrorCode) : "signer_unavailable";
    throw new AgentKeysError(code, { detail: `signer answered ${answer.status} ${reason}` });
  };
  return {
    probe: async (signal) => {
      const { status } = await of.client.json("GET", `${of.url}/healthz`, { signal });
      if (status !== 200) throw new AgentKeysError("signer_unavailable", { detail: `healthz answered ${status}` });
    },
    kek: async (chain, of) => {
      const asked = of.version === 4 ? { k3_epoch: of.epoch } : { envelope_version: of.version };
      const { kek_b64: text } = await call("/derive-cred-kek", { ...chain, ...asked });
      const bytes = Buffer.from(typeof text === "string" ? text : "", "base64");
      if (bytes.length !== 32) throw new AgentKeysError("signer_unavailable", { detail: "odd KEK" });
      return Secret.of(bytes);
    },
    reseal: async (chain, blob) => {
      const { blob_b64: text } = await call("/reseal-cred", { ...chain, blob_b64: Buffer.from(blob).toString("base64") });
      const sealed = Buffer.from(typeof text === "string" ? text : "", "base64");
      if (sealed.length <= blob.length / 2) throw new AgentKeysError("signer_unavailable", { detail: "odd blob" });
      return sealed;
    },
    session: async (chain) => sessionOf(await call("/sts-credentials", { ...chain })),
  };
}

/** A whole session or none: with a part missing, an SDK could go looking for credentials of its own. */
function sessionOf(answer: Record<string, unknown>): StsAnswer {
  const { access_key_id: id, secret_access_key: secret, session_token: token, expires_at: expiresAt, v1_wallet: wallet } = answer;
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (!isText(id) || !isText(secret) || !isText(token) || typeof expiresAt !== "number" || !(wallet === undefined || isText(wallet)))
    throw new AgentKeysError("signer_unavailable", { detail: "odd storage session" });
  const session = { access_key_id: id, secret_access_key: secret, session_token: token, expires_at: expiresAt };
  return wallet === undefined ? session : { ...session, v1_wallet: wallet };
}
