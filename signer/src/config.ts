import { file, loadConfig, logLevel, origin, port, type ConfigDefinition } from "@agentkeys/common/config";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import type { LogLevel } from "@agentkeys/common/log";
import { readFileSync } from "node:fs";
import { checkConfig } from "./generated/check-config.ts";

/** Configuration of the signer. */
export interface SignerConfig {
  listen: number;
  oidcListen: number;
  adminListen: number;
  oidcIssuer: string;
  oidcAudience: string;
  allowedClient: string;
  brokerUrl: string;
  workerUrl: string;
  chainFile: string;
  k3Dir: string;
  legacyDir: string;
  migrationWindow: boolean;
  oidcKeyFile: string;
  tlsCertFile: string;
  tlsKeyFile: string;
  tlsCaFile: string;
  stsEndpoint: string;
  region: string;
  roleArn: string;
  bucket: string;
  logLevel: LogLevel;
}

export const signerConfig: ConfigDefinition = {
  service: "signer",
  required: ["oidcIssuer", "brokerUrl", "workerUrl", "roleArn", "bucket"],
  properties: {
    listen: port("mTLS port, for the worker alone", 8092),
    oidcListen: port("TLS port of discovery and JWKS", 8093),
    adminListen: port("Port of health and metrics", 9464),
    oidcIssuer: origin("Issuer of web identity tokens"),
    oidcAudience: { type: "string", description: "Audience of web identity tokens", default: "sts.amazonaws.com", minLength: 1 },
    allowedClient: file("URI name a client certificate must carry", "spiffe://agentkeys/creds-worker"),
    brokerUrl: origin("Broker, whose JWKS verifies caps"),
    workerUrl: origin("Origin of the worker, to which proofs are made out"),
    chainFile: file("Chain and contract addresses", "/etc/agentkeys/chain/chain.json"),
    k3Dir: file("Folder with one K3 a file, named by epoch", "/etc/agentkeys/k3"),
    legacyDir: file("Folder with keys of an older deployment (static-kek, master-secret, wallets.json, <wallet>.key); empty for none", ""),
    migrationWindow: {
      type: "boolean",
      description: "Whether sessions of actors in wallets.json carry their wallet's tag too and reach its storage",
      default: true,
    },
    oidcKeyFile: file("K2, EC P-256 private key in PEM", "/etc/agentkeys/k2/k2.pem"),
    tlsCertFile: file("Server certificate, PEM", "/etc/agentkeys/tls/tls.crt"),
    tlsKeyFile: file("Server key, PEM", "/etc/agentkeys/tls/tls.key"),
    tlsCaFile: file("Trust bundle, PEM", "/etc/agentkeys/tls/ca.crt"),
    stsEndpoint: { type: "string", description: "STS URL; empty for AWS's own", default: "", pattern: "^(https://.+)?$" },
    region: { type: "string", description: "Region of STS", default: "us-east-1", minLength: 1 },
    roleArn: { type: "string", description: "Role of every actor's session", pattern: "^arn:" },
    bucket: { type: "string", description: "Bucket of credentials", minLength: 3 },
    logLevel,
  },
};

/** Reads the signer's configuration; throws `config_invalid`. */
export function readSignerConfig(context: ProcessContext): Readonly<SignerConfig> {
  return loadConfig<SignerConfig>(signerConfig, checkConfig, {
    argv: context.argv,
    env: context.env,
    readFile: (path) => readFileSync(path, "utf8"),
  });
}
