import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { createSecureContext, getCACertificates } from "node:tls";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Pool, buildConnector, type Connector, type Dispatcher } from "@agentkeys/common/undici";
import type { CompiledPolicy, CompiledService } from "../policy/index.ts";
import { isPublicAddress, isThisHost } from "./addresses.ts";
import type { ResolveHost } from "./ports.ts";

/** Connections to the upstreams, one pool per service: a key never travels on another service's connection. */
export interface Upstreams {
  poolFor(service: CompiledService): Dispatcher;
  /** Closes pools that no service of the policy uses any more, once their requests end. */
  retain(policy: CompiledPolicy | null): void;
  destroy(): Promise<void>;
}

export interface UpstreamsDeps {
  resolve: ResolveHost;
  /** Ports of this process; an upstream there would be a loop. */
  ownPorts: () => ReadonlySet<number>;
  upstreamMs: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** Throws unless every address may be dialled: one bad answer among good ones is refused as well. */
function checkAddresses(addresses: readonly LookupAddress[], service: CompiledService, ownPorts: ReadonlySet<number>): void {
  if (addresses.length === 0) throw new AgentKeysError("upstream_unreachable", { detail: "no address" });
  for (const { address } of addresses) {
    if (isThisHost(address) && ownPorts.has(service.port)) throw new AgentKeysError("upstream_loop", { detail: service.name });
    if (!service.allowPrivateAddresses && !isPublicAddress(address))
      throw new AgentKeysError("upstream_address_refused", { detail: service.name });
  }
}

/** A resolver for `net.connect`: what it answers has been checked, and only that is dialled. */
function checkedLookup(service: CompiledService, deps: UpstreamsDeps): LookupFunction {
  return (hostname, options, callback) => {
    deps
      .resolve(hostname)
      .then((addresses) => {
        checkAddresses(addresses, service, deps.ownPorts());
        const [first] = addresses;
        if (options.all === true || first === undefined) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      })
      .catch((fault: unknown) => {
        callback(fault instanceof Error ? fault : new AgentKeysError("upstream_unreachable"), []);
      });
  };
}

function checkedConnector(service: CompiledService, deps: UpstreamsDeps): Connector {
  const trust =
    service.caBundle === undefined
      ? {}
      : { secureContext: createSecureContext({ ca: [...getCACertificates("default"), service.caBundle] }) };
  const connect = buildConnector({
    ...trust,
    lookup: checkedLookup(service, deps),
    autoSelectFamily: true,
    allowH2: false,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    timeout: CONNECT_TIMEOUT_MS,
  });
  const family = isIP(service.host);
  return (options, callback) => {
    try {
      if (family !== 0) checkAddresses([{ address: service.host, family }], service, deps.ownPorts());
    } catch (fault) {
      callback(fault as Error, null);
      return;
    }
    connect(options, callback);
  };
}

/** Pools open at a service's first request and are keyed by name and everything that decides where and whom they talk to. */
export function createUpstreams(deps: UpstreamsDeps): Upstreams {
  const pools = new Map<string, Pool>();
  /** The pools by the policy's own objects: the key is long, and joining it for each call is felt in the rate. */
  const known = new Map<CompiledService, Pool>();
  const keyOf = (service: CompiledService): string => `${service.name} ${service.transportKey}`;
  return {
    poolFor(service) {
      const found = known.get(service);
      if (found !== undefined) return found;
      const key = keyOf(service);
      let pool = pools.get(key);
      if (pool === undefined) {
        pool = new Pool(service.origin, {
          connect: checkedConnector(service, deps),
          pipelining: 1,
          keepAliveTimeout: KEEP_ALIVE_MS,
          headersTimeout: deps.upstreamMs,
          bodyTimeout: deps.upstreamMs,
        });
        pools.set(key, pool);
      }
      known.set(service, pool);
      return pool;
    },
    retain(policy) {
      known.clear();
      const used = new Set(policy === null ? [] : [...policy.services.values()].map(keyOf));
      for (const [key, pool] of pools) {
        if (used.has(key)) continue;
        pools.delete(key);
        void pool.close();
      }
    },
    async destroy() {
      const open = [...pools.values()];
      pools.clear();
      known.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}

const TLS_FAULT =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;

/** Names what went wrong with an upstream; the fault's text is not kept, it may hold what was sent. */
export function upstreamFault(fault: unknown): AgentKeysError {
  if (fault instanceof AgentKeysError) return fault;
  const code = (fault as { code?: unknown } | null)?.code;
  const detail = typeof code === "string" ? code : "no code";
  if (/TIMEOUT|TIMEDOUT/.test(detail)) return new AgentKeysError("upstream_timeout", { detail });
  return new AgentKeysError(TLS_FAULT.test(detail) ? "upstream_tls" : "upstream_unreachable", { detail });
}
