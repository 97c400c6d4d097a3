import { createHash } from "node:crypto";
import type { AgentKeysBinding } from "../api/types.ts";
import { DEFAULT_PROXY_PORT } from "./types.ts";

/**
 * Digest of what of a binding the shape of its pods is made of: the variables and the proxy's container. Everything else of a binding
 * reaches pods that run. Equal shapes need no restart.
 */
export function podShapeOf({ spec }: AgentKeysBinding): string {
  const { port = DEFAULT_PROXY_PORT, logLevel = "info", resources = null, mtls = null } = spec.proxy ?? {};
  const shape = [spec.services.map(({ name }) => name), port, logLevel, resources, mtls];
  return createHash("sha256").update(JSON.stringify(shape)).digest("hex").slice(0, 16);
}
