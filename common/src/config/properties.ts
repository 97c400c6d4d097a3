import type { ConfigProperty } from "./index.ts";

/** Path of a file; empty by default means none. */
export function file(description: string, path: string): ConfigProperty {
  return { type: "string", description, default: path };
}

/** https origin: scheme, host and port, nothing behind them. */
export function origin(description: string): ConfigProperty {
  return { type: "string", description, pattern: "^https://[^/]+$" };
}

/** TCP port; 0 takes a free one. */
export function port(description: string, value: number): ConfigProperty {
  return { type: "integer", description, default: value, minimum: 0, maximum: 65_535 };
}

export const logLevel: ConfigProperty = {
  type: "string",
  description: "Least level that is logged",
  default: "info",
  enum: ["debug", "info", "warn", "error"],
};

/** Where audit rows and trees are kept; the broker writes rows there, the auditor trees. */
export const auditStoreSettings = {
  auditBucket: { type: "string", description: "Bucket of audit rows; empty: none are kept", default: "" },
  auditEndpoint: { type: "string", description: "Its store's URL; empty for AWS's own", default: "", pattern: "^(https?://.+)?$" },
  auditForcePathStyle: { type: "boolean", description: "Its name in the path instead of the host name", default: false },
  auditRegion: { type: "string", description: "Its region", default: "us-east-1", minLength: 1 },
  auditCredentialsFile: {
    type: "string",
    description: "JSON file {accessKeyId, secretAccessKey} for it; empty for the identity that the SDK finds (a role of the pod)",
    default: "",
  },
} as const satisfies Record<string, ConfigProperty>;

/** How long audit rows are gathered before they are sent. */
export const auditBatchMs = {
  type: "integer",
  description: "Longest time that an audit row waits for others to be sent with, milliseconds",
  default: 5000,
  minimum: 50,
  maximum: 300_000,
} as const satisfies ConfigProperty;
