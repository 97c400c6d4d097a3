/**
 * TLS material from mounted files, followed while they change (Kubernetes swaps a Secret volume by symlink).
 * Must not know which process it serves.
 */
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { AgentKeysError } from "../errors/index.ts";

export { followingAgent } from "./agent.ts";
export { measureExpiry } from "./expiry.ts";

export interface TlsMaterial {
  cert: string;
  key: string;
  ca: string;
}

export interface TlsSource {
  current(): TlsMaterial;
  onChange(listener: (material: TlsMaterial) => void): void;
  close(): void;
}

export interface TlsFiles {
  certFile: string;
  keyFile: string;
  caFile: string;
}

function read(files: TlsFiles): TlsMaterial {
  try {
    return { cert: readFileSync(files.certFile, "utf8"), key: readFileSync(files.keyFile, "utf8"), ca: readFileSync(files.caFile, "utf8") };
  } catch (cause) {
    throw new AgentKeysError("config_invalid", { message: "The TLS files cannot be read: check certFile, keyFile and caFile", cause });
  }
}

/** Follows three PEM files by reading them each `everyMs`; a set that cannot be read or is half-written keeps the old one. */
export function fileTls(files: TlsFiles, everyMs = 5000): TlsSource {
  return follow(() => read(files), everyMs);
}

/** Follows a CA bundle alone, for a process that only calls: certificate and key are empty. */
export function caTls(caFile: string, everyMs = 5000): TlsSource {
  return follow(() => ({ cert: "", key: "", ca: readFileSync(caFile, "utf8") }), everyMs);
}

function follow(readMaterial: () => TlsMaterial, everyMs: number): TlsSource {
  let material = readMaterial();
  const listeners: ((material: TlsMaterial) => void)[] = [];
  const timer = setInterval(() => {
    try {
      const next = readMaterial();
      if (next.cert === material.cert && next.key === material.key && next.ca === material.ca) return;
      createSecureContext(next.key === "" ? { ca: next.ca } : next);
      material = next;
      for (const listener of listeners) listener(next);
    } catch {
      // mid-rotation, a file missing or key and certificate not a pair: the next round reads a whole set
    }
  }, everyMs);
  timer.unref();
  return { current: () => material, onChange: (listener) => void listeners.push(listener), close: () => clearInterval(timer) };
}

/** Fixed material, for tests and for processes that are handed theirs. */
export function staticTls(material: TlsMaterial): TlsSource {
  return { current: () => material, onChange: () => undefined, close: () => undefined };
}
