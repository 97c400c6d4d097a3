import { X509Certificate } from "node:crypto";
import type { CaSource } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function isBundle(pem: string): boolean {
  const certificates = pem.match(CERTIFICATE) ?? [];
  try {
    for (const one of certificates) new X509Certificate(one);
  } catch {
    return false;
  }
  return certificates.length > 0;
}

/** The authorities of our services: as injected at first, then as the operator says. */
export class Trust implements CaSource {
  readonly #log: Log;
  readonly #listeners: (() => void)[] = [];
  #pem: string;

  constructor(pem: string, log: Log) {
    this.#pem = pem;
    this.#log = log;
  }

  current(): { ca: string } {
    return { ca: this.#pem };
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Takes a bundle; one that holds no readable certificate is refused and the old one kept. */
  take(pem: string | undefined): void {
    if (pem === undefined || pem === this.#pem) return;
    if (!isBundle(pem)) {
      this.#log.error("trust bundle refused, the old one stays in force");
      return;
    }
    this.#pem = pem;
    this.#log.info("trust bundle taken");
    for (const listener of this.#listeners) listener();
  }
}
