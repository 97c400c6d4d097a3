import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { systemClock, type Clock } from "@agentkeys/common/clock";
import type { AgentKeysError } from "@agentkeys/common/errors";
import { createMetrics } from "@agentkeys/common/metrics";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import type { BindingPolicy, ServicePolicy } from "@agentkeys/common/wire";
import type { AuditEntry } from "../../src/audit/index.ts";
import { createCallerGuard } from "../../src/caller/index.ts";
import { compilePolicy, type CompiledPolicy } from "../../src/policy/index.ts";
import { createProxy, type Credential, type ProxyDeps, type RunningProxy } from "../../src/proxy/index.ts";
import type { RawAnswer } from "./raw-client.ts";
import { sendRaw } from "./raw-client.ts";

export const PLACEHOLDER = "sk-agentkeys-0123456789abcdef";
export const KEY = "sk-live-REAL-secret-value-000111";
const HASH = `0x${"ab".repeat(32)}` as const;

export function service(overrides: Partial<ServicePolicy> = {}): ServicePolicy {
  return {
    name: "openai",
    hash: HASH,
    upstream: "https://upstream.test",
    auth: { type: "bearer" },
    methods: ["GET", "POST", "HEAD", "DELETE"],
    paths: ["/v1/**"],
    denyPaths: ["/v1/organization/**"],
    pathPrefix: "/v1",
    allowPrivateAddresses: true,
    allowInsecure: false,
    errorShape: "openai",
    limits: {},
    ...overrides,
  };
}

export function policyOf(services: ServicePolicy[], overrides: Partial<BindingPolicy> = {}): BindingPolicy {
  return {
    version: "1",
    namespace: "team",
    binding: "agent-a",
    agent: "agent-a",
    operatorOmni: HASH,
    actorOmni: HASH,
    deviceKeyHash: HASH,
    placeholder: "Optional",
    suspended: false,
    services,
    ...overrides,
  };
}

/** In-memory credentials with knobs; counts how often each service was asked for. */
export class FakeCredentials {
  values = new Map<string, { value: string; version: string }>();
  next: { value: string; version: string } | null = null;
  asked: string[] = [];
  refetched = 0;
  fault: AgentKeysError | null = null;
  hold: Promise<void> = Promise.resolve();

  async get(name: string): Promise<Credential> {
    this.asked.push(name);
    await this.hold;
    if (this.fault !== null) throw this.fault;
    const found = this.values.get(name) ?? { value: KEY, version: "v1" };
    return { secret: Secret.of(found.value), version: found.version, expiresAtMs: Number.MAX_SAFE_INTEGER };
  }

  async refetch(name: string): Promise<Credential> {
    this.refetched += 1;
    if (this.next !== null) this.values.set(name, this.next);
    return this.get(name);
  }
}

export interface Bench {
  proxy: RunningProxy;
  credentials: FakeCredentials;
  rows: AuditEntry[];
  logText: () => string;
  metrics: () => Promise<string>;
  resolved: string[];
  setPolicy(policy: BindingPolicy | null): void;
  /** `reason` is what the broker gives for it. */
  drop(services: string[] | "all", reason?: string): void;
  /** One request on a connection of its own; headers are lines, Host and Connection are added. */
  ask(method: string, target: string, headers?: string[], body?: string): Promise<RawAnswer>;
}

/** A running proxy with fakes behind it. Every host resolves to `addresses`. */
export async function startBench(
  policy: BindingPolicy | null,
  options: { addresses?: string[]; clock?: Clock; deps?: Partial<ProxyDeps> } = {},
): Promise<Bench> {
  const listeners = new Set<(policy: CompiledPolicy | null) => void>();
  const drops = new Set<(services: string[] | "all", reason: string) => void>();
  let current = policy === null ? null : compilePolicy(policy);
  const credentials = new FakeCredentials();
  const rows: AuditEntry[] = [];
  const resolved: string[] = [];
  const { log, text } = captureLog();
  const metrics = createMetrics("sidecar");
  const addresses = options.addresses ?? ["127.0.0.1"];
  const proxy = await createProxy({
    policy: {
      current: () => current,
      onChange: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    credentials,
    revocations: {
      onDrop: (listener) => {
        drops.add(listener);
        return () => drops.delete(listener);
      },
    },
    clock: options.clock ?? systemClock,
    random: (length) => randomBytes(length),
    log,
    metrics,
    audit: { record: (_kind, entry) => rows.push(entry) },
    placeholder: Secret.of(PLACEHOLDER),
    callerGuard: createCallerGuard({ readProcFile: (path) => readFile(path, "utf8") }),
    resolve: (host) => {
      resolved.push(host);
      return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
    },
    listenAddresses: ["127.0.0.1"],
    pod: "pod-1",
    ...options.deps,
  }).listen({ port: 0 });
  return {
    proxy,
    credentials,
    rows,
    logText: text,
    metrics: () => metrics.registry.metrics(),
    resolved,
    setPolicy(next) {
      current = next === null ? null : compilePolicy(next);
      for (const listener of listeners) listener(current);
    },
    drop: (services, reason = "service_not_in_scope") => {
      for (const listener of drops) listener(services, reason);
    },
    ask: (method, target, headers = [], body) => {
      const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
      const lines = [`${method} ${target} HTTP/1.1`, `Host: localhost:${proxy.port}`, "Connection: close", ...length, ...headers];
      return sendRaw(proxy.port, `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
    },
  };
}
