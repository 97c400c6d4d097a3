/** Builds the signer's object graph; no logic. */
import { STSClient } from "@aws-sdk/client-sts";
import { brokerKeysCheck, remoteBrokerKeys } from "@agentkeys/common/cap-chain";
import { countRpcFaults, openChainReader, parseChainConfig } from "@agentkeys/common/chain";
import { systemClock } from "@agentkeys/common/clock";
import { createDelegationOpener } from "@agentkeys/common/delegation";
import { adminServer, createHttpClient, listen, watchReadiness } from "@agentkeys/common/http";
import { importSigningKey } from "@agentkeys/common/jose";
import type { Running } from "@agentkeys/common/lifecycle";
import { createLog, type Log } from "@agentkeys/common/log";
import { createMetrics } from "@agentkeys/common/metrics";
import { fileTls, followingAgent, measureExpiry } from "@agentkeys/common/tls";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SignerConfig } from "./config.ts";
import { createOidcApp, createSignerApp } from "./http/routes.ts";
import { openK3Dir } from "./keys/k3.ts";
import { NO_LEGACY_KEYS, openLegacyDir, withoutWallets, type LegacyKeys } from "./keys/legacy.ts";
import { watchK3 } from "./keys/watch.ts";
import { createStsSessions } from "./sts/sessions.ts";
import { mintWebIdentity, type SessionOf } from "./sts/web-identity.ts";

/** Starts the signer; the answer drains it. */
export async function startSigner(config: Readonly<SignerConfig>): Promise<Running> {
  const log = createLog({ component: "signer", level: config.logLevel });
  const metrics = createMetrics("signer", { processMetrics: true });
  const chainConfig = parseChainConfig(readFileSync(config.chainFile, "utf8"));
  const chain = openChainReader(chainConfig, { clock: systemClock, onFault: countRpcFaults(metrics) });
  const tls = fileTls({ certFile: config.tlsCertFile, keyFile: config.tlsKeyFile, caFile: config.tlsCaFile });
  measureExpiry(tls, { metrics, clock: systemClock });
  const client = createHttpClient({ tls });
  const brokerKeys = remoteBrokerKeys({ client, url: config.brokerUrl, clock: systemClock });
  const key = await importSigningKey(readFileSync(config.oidcKeyFile, "utf8"));
  // A custom STS is ours and speaks our CA; AWS's own is verified against the public ones.
  const custom =
    config.stsEndpoint === ""
      ? {}
      : {
          endpoint: config.stsEndpoint,
          requestHandler: { httpsAgent: followingAgent(tls) },
        };
  // The call carries a web identity token instead of a signature; these only keep the SDK from looking for credentials.
  const sts = new STSClient({
    region: config.region,
    maxAttempts: 2,
    credentials: { accessKeyId: "unused", secretAccessKey: "unused" },
    ...custom,
  });
  const { roleArn, bucket, oidcIssuer: issuer, oidcAudience: audience } = config;
  const k3 = openK3Dir(config.k3Dir, { clock: systemClock, log });
  const legacy = legacyOf(config, log);
  const mintToken = (of: SessionOf): Promise<string> => mintWebIdentity({ key, issuer, audience, clock: systemClock, ...of });
  const app = createSignerApp({
    log,
    metrics,
    capChain: {
      clock: systemClock,
      chain,
      brokerKeys,
      openDelegation: createDelegationOpener({ chainId: chainConfig.chainId, registry: chainConfig.contracts.registry }, systemClock),
      workerUrl: config.workerUrl,
    },
    k3,
    legacy,
    randomBytes,
    stsSession: createStsSessions({ sts, clock: systemClock, roleArn, bucket, mintToken, walletOf: legacy.walletOf }),
    allowedClient: config.allowedClient,
  });
  const server = await listen(app, { port: config.listen, tls, requireClientCert: true });
  const oidcApp = createOidcApp({ log, metrics: createMetrics("signer-oidc"), issuer, key });
  const oidc = await listen(oidcApp, { port: config.oidcListen, tls });
  const watch = watchK3({ chain, k3, metrics, clock: systemClock });
  const readiness = watchReadiness({
    clock: systemClock,
    random: Math.random,
    checks: [{ name: "chain and K3", probe: watch.probe }, brokerKeysCheck(brokerKeys)],
  });
  const admin = await adminServer({ port: config.adminListen, metrics, missing: readiness.missing, pages: { "/k3": watch.status } });
  log.info("signer is listening", { address: server.url });
  return {
    stop: async () => {
      readiness.stop();
      await Promise.all([server.close(), oidc.close(2000), admin.close(0)]);
      await client.close();
      sts.destroy();
      tls.close();
      chain.close();
    },
  };
}

function legacyOf(config: Readonly<SignerConfig>, log: Log): LegacyKeys {
  if (config.legacyDir === "") return NO_LEGACY_KEYS;
  const keys = openLegacyDir(config.legacyDir, { clock: systemClock, log });
  return config.migrationWindow ? keys : withoutWallets(keys);
}
