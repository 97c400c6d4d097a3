import { AgentKeysError } from "@agentkeys/common/errors";

/** A workload's SPIFFE ID, as text and by its trust domain. */
export interface SpiffeId {
  text: string;
  trustDomain: string;
}

const MAX_BYTES = 2048;
const MAX_DOMAIN_BYTES = 255;
const SHAPE = /^spiffe:\/\/([a-z0-9._-]+)((?:\/[A-Za-z0-9._-]+)+)$/;

/**
 * Reads a workload's SPIFFE ID (SPIFFE-ID §2): trust domain and path in their one spelling, no dot segments, no empty ones, nothing
 * like user, port, query or fragment. An ID without a path names a trust domain and no workload. Throws `svid_malformed`.
 */
export function parseSpiffeId(text: string): SpiffeId {
  const [, trustDomain = "", path = ""] = SHAPE.exec(text) ?? [];
  const isGood =
    trustDomain !== "" &&
    text.length <= MAX_BYTES &&
    trustDomain.length <= MAX_DOMAIN_BYTES &&
    !path.split("/").some((segment) => segment === "." || segment === "..");
  if (!isGood) throw new AgentKeysError("svid_malformed", { detail: "no SPIFFE ID of a workload" });
  return { text, trustDomain };
}
