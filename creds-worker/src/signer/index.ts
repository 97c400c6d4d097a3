/**
 * The signer as the worker sees it: KEKs and storage sessions against a cap chain, over mTLS. Keeps nothing.
 */
import { AgentKeysError, CODES, type ErrorCode } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http";
import { Secret } from "@agentkeys/common/secret";
import type { CapChain, StsAnswer } from "@agentkeys/common/wire";

export interface Signer {
  kek(chain: CapChain, k3Epoch: number): Promise<Secret>;
  session(chain: CapChain): Promise<StsAnswer>;
}

/** Calls the signer; its 403 reasons are passed on, everything else is `signer_unavailable`. */
export function createSigner(of: { client: HttpClient; url: string }): Signer {
  const call = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await of.client.json("POST", `${of.url}${path}`, { body }).catch((cause: unknown) => {
      throw new AgentKeysError("signer_unavailable", { cause });
    });
    const content = (answer.body ?? {}) as Record<string, unknown>;
    if (answer.status === 200) return content;
    const reason = String(content["reason"]);
    const code: ErrorCode = answer.status === 403 && reason in CODES ? (reason as ErrorCode) : "signer_unavailable";
    throw new AgentKeysError(code, { detail: `signer answered ${answer.status} ${reason}` });
  };
  return {
    kek: async (chain, k3Epoch) => {
      const { kek_b64: text } = await call("/derive-cred-kek", { ...chain, k3_epoch: k3Epoch });
      const bytes = Buffer.from(typeof text === "string" ? text : "", "base64");
      if (bytes.length !== 32) throw new AgentKeysError("signer_unavailable", { detail: "odd KEK" });
      return Secret.of(bytes);
    },
    session: async (chain) => (await call("/sts-credentials", { ...chain })) as unknown as StsAnswer,
  };
}
