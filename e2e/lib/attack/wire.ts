/** Raw calls to the services through forwarded ports: TLS by the trust bundle and each service's own name, any header, any body. */
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import { staticTls } from "@agentkeys/common/tls";
import { forward, SYSTEM } from "../kube.ts";
import type { Answer } from "./expect.ts";
import type { Leaf } from "./loot.ts";

export interface Call {
  headers?: Record<string, string>;
  body?: unknown;
}

/** One replica of a service, as the test reaches it. */
export interface Target {
  /** Origin that proofs are made out to. */
  url: string;
  port: number;
  host: string;
  call: (method: "GET" | "POST", path: string, call?: Call) => Promise<Answer>;
  close: () => Promise<void>;
}

const PORTS = { broker: 8091, "creds-worker": 9094, signer: 8092, operator: 8443, store: 9000 } as const;
export type ServiceName = keyof typeof PORTS;

/** Forwards a service; with a leaf, calls carry it as client certificate. */
export async function open(service: ServiceName, caPem: string): Promise<Target> {
  const port = PORTS[service];
  const host = `agentkeys-${service}.${SYSTEM}.svc`;
  const forwarded = await forward(SYSTEM, `service/agentkeys-${service}`, port);
  const client = createHttpClient({ caPem, serverName: host });
  return {
    url: `https://${host}:${port}`,
    host,
    port: forwarded.port,
    call: (method, path, call = {}) => client.json(method, `https://127.0.0.1:${forwarded.port}${path}`, call),
    close: async () => {
      await client.close();
      forwarded.close();
    },
  };
}

/** The same replica called with a client certificate. */
export function withLeaf(target: Target, caPem: string, leaf: Leaf): { call: Target["call"]; close: () => Promise<void> } {
  const client: HttpClient = createHttpClient({ tls: staticTls({ ...leaf, ca: caPem }), serverName: target.host });
  return {
    call: (method, path, call = {}) => client.json(method, `https://127.0.0.1:${target.port}${path}`, call),
    close: () => client.close(),
  };
}
