/** The part of a binding policy that the data path reads; the wire type has the same shape. */
export interface PolicyServiceInput {
  name: string;
  hash: string;
  upstream: string;
  auth: { type: "bearer" | "header" | "basic" | "query" | "path"; name?: string | undefined; format?: string | undefined };
  methods: readonly string[];
  paths: readonly string[];
  denyPaths: readonly string[];
  pathPrefix?: string | undefined;
  tls?: { caBundle?: string | undefined } | undefined;
  allowPrivateAddresses: boolean;
  allowInsecure: boolean;
  errorShape: "openai" | "anthropic" | "generic";
  limits: {
    requestsPerMinute?: number | undefined;
    requestsPerHour?: number | undefined;
    maxConcurrent?: number | undefined;
    maxBodyBytes?: number | undefined;
  };
  callers?: readonly { uid: number }[] | undefined;
}

export interface PolicyInput {
  version: string;
  namespace: string;
  binding: string;
  agent: string;
  placeholder: "Optional" | "Required";
  suspended: boolean;
  services: readonly PolicyServiceInput[];
}
