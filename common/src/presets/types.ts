import type { ServiceAuth } from "../wire/policy.ts";

/** A variable of the application's environment; its value holds `{proxy}`, `{service}` and `{placeholder}` until it is rendered. */
export interface EnvTemplate {
  name: string;
  value: string;
}

/** A service as people describe it: in a resource of a cluster, or in the policy file of a workstation. */
export interface ServiceDefinition {
  preset?: string;
  upstream?: string;
  auth?: ServiceAuth;
  env?: EnvTemplate[];
  methods?: string[];
  paths?: string[];
  denyPaths?: string[];
  pathPrefix?: string;
  tls?: { caBundle: string };
  allowPrivateAddresses?: boolean;
  allowInsecure?: boolean;
}

/** What a well-known upstream needs; every field may be overridden by a definition. */
export interface Preset {
  upstream: string;
  auth: ServiceAuth;
  env: EnvTemplate[];
  methods: string[];
  paths: string[];
  denyPaths: string[];
  pathPrefix?: string;
  errorShape: "openai" | "anthropic" | "generic";
}

/** Methods of a read-and-write JSON API. */
export const REST_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
