import type { ServiceAuth, ServicePricing } from "../wire/policy.ts";

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
  pricing?: { provider: string; unknownModel?: ServicePricing["unknownModel"] };
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
  /** Absent: calls have no price, and no budget can hold. */
  pricing?: ServicePricing;
}

/** Methods of a read-and-write JSON API. */
export const REST_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Prices of a provider; an unknown model is refused where a budget holds. */
export function pricedAs(provider: string): ServicePricing {
  return { provider, unknownModel: "Refuse" };
}
