import type { ProxySettings } from "../proxy/index.ts";

/** RFC 6902 operation. */
export interface PatchOperation {
  op: "add" | "replace";
  path: string;
  value: unknown;
}

/** What the webhook decides about every injection. */
export interface InjectSettings extends ProxySettings {
  /** Release, written into the injected annotation. */
  version: string;
}
