import { AgentKeysError } from "@agentkeys/common/errors";
import type { CredentialDeps } from "./credentials.ts";
import type { Found, Granted } from "./find.ts";

/**
 * Copies a wallet-keyed credential to the actor's own path as it is read; the older blob stays. Answers the version it has from
 * now on. A copy that fails is tried again at the next fetch: the fetch itself does not fail for it.
 */
export async function copyOver(granted: Granted, found: Found, deps: CredentialDeps): Promise<string> {
  if (deps.lazyCopy === false) return found.version;
  const { service, actor_omni: actor } = granted.cap;
  let version: string;
  try {
    const blob = await deps.signer.reseal(granted.chain, found.blob);
    version = await granted.vaults.own.put(service, blob, null);
  } catch (cause) {
    const isThere = cause instanceof AgentKeysError && cause.code === "version_conflict";
    deps.measures.lazyCopies.inc({ outcome: isThere ? "there" : "failed" });
    if (!isThere) deps.log.warn("wallet-keyed credential was not copied, will retry", { actor, service, cause });
    return found.version;
  }
  deps.measures.lazyCopies.inc({ outcome: "copied" });
  await keepUnlessTornDown(granted, version);
  return version;
}

/**
 * A teardown deletes the older blob first: when it is gone after our write, what we wrote came back from the dead. A migration
 * that removes the older blob has written the newer one again before, so that it is not ours any more.
 */
async function keepUnlessTornDown({ cap: { service }, vaults }: Granted, version: string): Promise<void> {
  if ((await vaults.walletKeyed?.vault.get(service)) !== null) return;
  if ((await vaults.own.get(service))?.version !== version) return;
  await vaults.own.remove(service);
  throw new AgentKeysError("no_such_credential", { detail: "torn down while it was read" });
}
