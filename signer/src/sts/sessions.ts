import { AssumeRoleWithWebIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { bareHex, type Hex } from "@agentkeys/common/identity";
import type { StsAnswer } from "@agentkeys/common/wire";
import { sessionPolicy, type SessionOf } from "./web-identity.ts";

const SESSION_SECONDS = 900;
const REFRESH_BEFORE_SECONDS = 300;
const CACHE_LIMIT = 10_000;
/** Less than the worker waits for the signer, so that it hears why. */
const TIMEOUT_MS = 8000;

export interface StsSessionsDeps {
  sts: Pick<STSClient, "send">;
  timeoutMs?: number;
  clock: Clock;
  roleArn: string;
  bucket: string;
  mintToken: (of: SessionOf) => Promise<string>;
  walletOf: (actorOmni: Hex) => string | null;
}

/** Temporary credentials of actors, cached until five minutes before their end. Faults are `sts_refused`. */
export function createStsSessions(deps: StsSessionsDeps): (actorOmni: Hex) => Promise<StsAnswer> {
  const cache = new Map<Hex, StsAnswer>();
  return async (actorOmni) => {
    const cached = cache.get(actorOmni);
    const wallet = deps.walletOf(actorOmni);
    // A session is for the tags it was made with: a wallet mapped since needs another.
    const isSame = (cached?.v1_wallet ?? null) === wallet;
    if (cached !== undefined && isSame && cached.expires_at - REFRESH_BEFORE_SECONDS > deps.clock.nowSeconds()) return cached;
    const fresh = await assume(deps, { actorOmni, wallet });
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(actorOmni, fresh);
    return fresh;
  };
}

async function assume(deps: StsSessionsDeps, of: SessionOf): Promise<StsAnswer> {
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: deps.roleArn,
    RoleSessionName: `agentkeys-${bareHex(of.actorOmni).slice(0, 32)}`,
    WebIdentityToken: await deps.mintToken(of),
    DurationSeconds: SESSION_SECONDS,
    Policy: sessionPolicy(deps.bucket, of),
  });
  // The SDK itself waits for ever.
  const abortSignal = AbortSignal.timeout(deps.timeoutMs ?? TIMEOUT_MS);
  const answer = await deps.sts.send(command, { abortSignal }).catch((cause: unknown) => {
    throw new AgentKeysError("sts_refused", { cause });
  });
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
    throw new AgentKeysError("sts_refused", { detail: "incomplete answer" });
  const expiresAt = Math.floor((answer.Credentials?.Expiration?.getTime() ?? 0) / 1000) || deps.clock.nowSeconds() + SESSION_SECONDS;
  const session = { access_key_id: AccessKeyId, secret_access_key: SecretAccessKey, session_token: SessionToken, expires_at: expiresAt };
  return of.wallet === null ? session : { ...session, v1_wallet: of.wallet };
}
