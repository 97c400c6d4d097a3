import { followingAgent, type TlsSource } from "../tls/index.ts";
import type { AuditStore } from "./index.ts";
import { s3Store } from "./s3.ts";

/** The settings of `auditStoreSettings`. */
export interface AuditStoreConfig {
  auditBucket: string;
  auditEndpoint: string;
  auditForcePathStyle: boolean;
  auditRegion: string;
  auditCredentialsFile: string;
}

/** The configured bucket, or null when none is; a store of our own speaks our CA. */
export function openAuditStore(config: AuditStoreConfig, tls: TlsSource | null): AuditStore | null {
  const { auditBucket: bucket, auditEndpoint: endpoint, auditForcePathStyle: forcePathStyle, auditRegion: region } = config;
  if (bucket === "") return null;
  const isOwn = endpoint.startsWith("https://") && tls !== null;
  const agent = isOwn ? { httpsAgent: followingAgent(tls) } : {};
  return s3Store({ bucket, endpoint, forcePathStyle, region, credentialsFile: config.auditCredentialsFile, ...agent });
}
