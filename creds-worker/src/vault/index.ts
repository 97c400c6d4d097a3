/**
 * Credentials in the object store, each call with the actor's own session (protocol §6). Never the worker's identity:
 * there is none. Must not know KEKs or caps.
 */
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { objectPrefix, walletPrefix } from "@agentkeys/common/envelope";
import type { Hex } from "@agentkeys/common/identity";
import type { StsAnswer } from "@agentkeys/common/wire";
import { vaultOf, type Vault } from "./vault.ts";

export type { ListedBlob, Removal, StoredBlob, Vault } from "./vault.ts";

/** What one actor's session reaches: its own path, and the wallet's older one while the signer maps a wallet. */
export interface Vaults {
  own: Vault;
  walletKeyed: { wallet: string; vault: Vault } | null;
}

export type OpenVaults = (actorOmni: Hex, session: StsAnswer) => Vaults;

/**
 * Opens vaults on one bucket. A client lives for one request, as its credentials do, and owns no socket: all share the
 * agent of `client.requestHandler`, so it is never destroyed (that would close the shared agent).
 */
export function createVaults(of: { bucket: string; client: Omit<S3ClientConfig, "credentials"> }): OpenVaults {
  return (actorOmni, session) => {
    const credentials = {
      accessKeyId: session.access_key_id,
      secretAccessKey: session.secret_access_key,
      sessionToken: session.session_token,
    };
    const s3 = new S3Client({ maxAttempts: 2, ...of.client, credentials });
    const at = (prefix: string): Vault => vaultOf({ s3, bucket: of.bucket, prefix });
    const wallet = session.v1_wallet;
    return {
      own: at(objectPrefix(actorOmni)),
      walletKeyed: wallet === undefined ? null : { wallet, vault: at(walletPrefix(wallet)) },
    };
  };
}
