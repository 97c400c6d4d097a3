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
