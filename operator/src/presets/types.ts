import type { EnvTemplate, ServiceAuthSpec } from "../api/types.ts";

/** What a well-known upstream needs; every field may be overridden by an AgentKeysService. */
export interface Preset {
  upstream: string;
  auth: ServiceAuthSpec;
  /** Values hold `{proxy}`, `{service}` and `{placeholder}`. */
  env: EnvTemplate[];
  methods: string[];
  paths: string[];
  denyPaths: string[];
  pathPrefix?: string;
  errorShape: "openai" | "anthropic" | "generic";
}

/** Methods of a read-and-write JSON API. */
export const REST_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
