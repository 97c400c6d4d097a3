import { X509Certificate, createPrivateKey } from "node:crypto";
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";
import { derValues } from "./der.ts";
import { chainEndMs, readSvid } from "./svid.ts";

/** `X509SVID` and the bundles beside it, as the Workload API sends them. */
export interface SvidMessage {
  svids: { spiffe_id: string; x509_svid: Buffer; x509_svid_key: Buffer; bundle: Buffer }[];
  federated_bundles: Record<string, Buffer>;
}

/** What the proxy presents, and what it verifies others with. */
export interface Material {
  readonly spiffeId: string;
  /** Leaf and intermediates, PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: Secret;
  /** Every authority of every trust domain, PEM. */
  readonly authorities: readonly string[];
  readonly notAfterMs: number;
}

const TRUST_DOMAIN_PREFIX = "spiffe://";

function certificatesIn(bytes: Buffer): X509Certificate[] {
  return derValues(bytes).map(({ whole }) => new X509Certificate(whole));
}

const pemOf = (chain: readonly X509Certificate[]): string => chain.map(String).join("");

/**
 * The proxy's own X.509-SVID and its trust bundles, as the Workload API said last. A bundle counts for its own trust domain only:
 * an authority of one can vouch for no workload of another.
 */
export class OwnIdentity {
  readonly #clock: Clock;
  readonly #listeners: ((material: Material) => void)[] = [];
  #material: Material | null = null;
  /** Trust domain → fingerprints of its authorities. */
  #anchors = new Map<string, ReadonlySet<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What may be presented now; null when there is none or it has expired. */
  current(): Material | null {
    const material = this.#material;
    return material !== null && material.notAfterMs > this.#clock.nowMs() ? material : null;
  }

  /** Whether this is an authority that may vouch for workloads of the trust domain. */
  isAnchor(authority: X509Certificate, trustDomain: string): boolean {
    return this.#anchors.get(trustDomain)?.has(authority.fingerprint256) === true;
  }

  onChange(listener: (material: Material) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes a message whole or, when anything of it is malformed, not at all: throws `svid_malformed`. */
  take(message: SvidMessage): void {
    // The first is the default one (Workload API §5.2).
    const [own] = message.svids;
    if (own === undefined) throw new AgentKeysError("svid_malformed", { detail: "no SVID in the answer" });
    const chain = certificatesIn(own.x509_svid);
    const [leaf] = chain;
    const key = createPrivateKey({ key: own.x509_svid_key, format: "der", type: "pkcs8" });
    if (leaf?.checkPrivateKey(key) !== true) throw new AgentKeysError("svid_malformed", { detail: "key and certificate are no pair" });
    const { id } = readSvid(leaf);
    const bundles = new Map([[id.trustDomain, certificatesIn(own.bundle)]]);
    for (const [name, bytes] of Object.entries(message.federated_bundles)) {
      const domain = name.startsWith(TRUST_DOMAIN_PREFIX) ? name.slice(TRUST_DOMAIN_PREFIX.length) : name;
      if (domain !== id.trustDomain) bundles.set(domain, certificatesIn(bytes));
    }
    if (bundles.get(id.trustDomain)?.length === 0) throw new AgentKeysError("svid_malformed", { detail: "no bundle in the answer" });
    this.#anchors = new Map(
      [...bundles].map(([domain, authorities]) => [domain, new Set(authorities.map(({ fingerprint256 }) => fingerprint256))]),
    );
    this.#material?.key.wipe();
    this.#material = {
      spiffeId: id.text,
      cert: pemOf(chain),
      key: Secret.of(key.export({ type: "pkcs8", format: "pem" }) as string),
      authorities: [...bundles.values()].flat().map(String),
      notAfterMs: chainEndMs(chain),
    };
    for (const listener of this.#listeners) listener(this.#material);
  }

  /** The Workload API says that this process is no workload any more. */
  drop(): void {
    this.#material?.key.wipe();
    this.#material = null;
    this.#anchors.clear();
  }
}
