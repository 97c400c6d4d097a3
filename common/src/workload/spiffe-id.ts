import { AgentKeysError } from "../errors/index.ts";

/** A workload's SPIFFE ID, as text and by its trust domain. */
export interface SpiffeId {
  text: string;
  trustDomain: string;
}

/** Trust domain and path in their one spelling; what a pattern cannot say is checked by {@link parseSpiffeId}. */
export const SPIFFE_ID_PATTERN = "^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$";
export const MAX_SPIFFE_ID_BYTES = 2048;

const SCHEME = "spiffe://";
const MAX_DOMAIN_BYTES = 255;
const SHAPE = new RegExp(SPIFFE_ID_PATTERN);

/**
 * Reads a workload's SPIFFE ID (SPIFFE-ID §2): trust domain and path in their one spelling, no dot segments, no empty ones, nothing
 * like user, port, query or fragment. An ID without a path names a trust domain and no workload. Throws `svid_malformed`.
 */
export function parseSpiffeId(text: string): SpiffeId {
  const [trustDomain = "", ...path] = text.slice(SCHEME.length).split("/");
  const isGood =
    SHAPE.test(text) &&
    text.length <= MAX_SPIFFE_ID_BYTES &&
    trustDomain.length <= MAX_DOMAIN_BYTES &&
    !path.some((segment) => segment === "." || segment === "..");
  if (!isGood) throw new AgentKeysError("svid_malformed", { detail: "no SPIFFE ID of a workload" });
  return { text, trustDomain };
}
