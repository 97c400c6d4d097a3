import type { Server as HttpServer } from "node:http";
import { Server } from "node:https";
import { isIPv6, type AddressInfo } from "node:net";
import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { CallerGuard } from "../caller/index.ts";
import type { Entrance } from "../proxy/index.ts";
import type { Material, OwnIdentity } from "./own-identity.ts";

export interface WorkloadEntranceOptions {
  host: string;
  port: number;
  /** Names besides loopback's that Host may hold, without a port. */
  names: readonly string[];
  own: OwnIdentity;
  callerGuard: CallerGuard;
}

export interface WorkloadEntrance extends Entrance {
  /** 0 before it listens. */
  port(): number;
}

const HANDSHAKE_MS = 10_000;
const HTTPS_PORT = 443;
const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** No tickets: a resumed session would bring back a client that was verified against an older bundle. */
const FIXED = { minVersion: "TLSv1.3", secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** `ca` is always there: left out, Node would trust the public authorities of the web. */
function contextOf(material: Material | null): SecureContextOptions {
  if (material === null) return { ...FIXED, ca: [] };
  return { ...FIXED, cert: material.cert, key: material.key.reveal(), ca: [...material.authorities] };
}

/** A name as Host writes it: an IPv6 address, such as that of a pod, in brackets. */
function inHost(name: string): string {
  return isIPv6(name) ? `[${name}]` : name.toLowerCase();
}

function listen(server: HttpServer, { host, port }: WorkloadEntranceOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(new AgentKeysError("internal", { detail: `listen for workloads: ${cause.code ?? ""}`, cause }));
    });
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * The way in for workloads: TLS 1.3 with a client certificate. What the certificate is worth is decided by the caller guard, so that a
 * refusal has a name; a new SVID or bundle counts from the next handshake on, and connections that are open stay open.
 */
export function createWorkloadEntrance(options: WorkloadEntranceOptions): WorkloadEntrance {
  const hosts = new Set<string>();
  let port = 0;
  return {
    callerGuard: options.callerGuard,
    hosts,
    port: () => port,
    createServer: (http) =>
      new Server({
        ...http,
        ...contextOf(options.own.current()),
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: HANDSHAKE_MS,
        ALPNProtocols: ["http/1.1"],
      }),
    open: async (server) => {
      options.own.onChange((material) => {
        (server as Server).setSecureContext(contextOf(material));
      });
      port = await listen(server, options);
      for (const name of [...LOOPBACK_NAMES, ...options.names].map(inHost)) {
        hosts.add(`${name}:${port}`);
        if (port === HTTPS_PORT) hosts.add(name);
      }
    },
  };
}
