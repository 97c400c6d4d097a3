import { stringify } from "smol-toml";
import { normaliseHex32, type Hex } from "../identity/index.ts";
import { checkDaemonFile } from "./generated/checks.ts";
import { parseToml } from "./toml.ts";

/** The port for workloads elsewhere. */
export interface MtlsTable {
  /** Address that it listens on. */
  address: string;
  port: number;
  /** Names by which workloads reach it, besides loopback's and `address`. */
  names: string[];
  /** SPIFFE Workload API that its own X.509-SVID comes from, `unix:///path`. */
  workload_api: string;
}

/** What the daemon is told; as in `daemon.toml`. */
export interface DaemonFile {
  /** Label of the actor, for people. */
  actor: string;
  operator_omni: Hex;
  actor_omni: Hex;
  broker_url: string;
  worker_url: string;
  /** PEM file of our services' authorities; the machine's own when absent. */
  trust_bundle?: string;
  /** What programs hold in place of a key. */
  placeholder: string;
  /** Port on loopback; 0: the socket alone. */
  tcp_port: number;
  /** Port of health and metrics on loopback; 0: none. */
  admin_port: number;
  log_level: "debug" | "info" | "warn" | "error";
  /** The registry that delegations are signed for; `file` is the chain file of commands. */
  chain: { id: number; registry: string; file?: string };
  /** Absent: there is no such port. */
  mtls?: MtlsTable;
  /** `host:port` of a service to where it is dialled, as through a forwarded port. */
  dial: Record<string, string>;
}

const port = { type: "integer", minimum: 0, maximum: 65_535 } as const;
const origin = { type: "string", pattern: "^https://[^/]+$" } as const;
const omni = { type: "string", pattern: "^0x[0-9a-f]{64}$" } as const;
const path = { type: "string", pattern: "^/", maxLength: 4096 } as const;
const HOST_PORT = "^[A-Za-z0-9.-]+:[0-9]{1,5}$";

/** JSON Schema of {@link MtlsTable}. */
export const mtlsTableSchema = {
  type: "object",
  additionalProperties: false,
  required: ["workload_api"],
  properties: {
    workload_api: {
      type: "string",
      pattern: "^unix:///.+",
      maxLength: 4096,
      description: "SPIFFE Workload API that the port's own X.509-SVID comes from, `unix:///path`",
    },
    address: {
      type: "string",
      minLength: 1,
      maxLength: 253,
      default: "127.0.0.1",
      description: "Address it listens on; `0.0.0.0`: every one of this machine",
    },
    port: { ...port, minimum: 1, default: 9443, description: "Its port" },
    names: {
      type: "array",
      default: [],
      maxItems: 16,
      items: { type: "string", pattern: "^[A-Za-z0-9.:-]+$", maxLength: 253 },
      description: "Host names and addresses by which workloads reach it, besides loopback's and `address`",
    },
  },
} as const;

/** JSON Schema of {@link DaemonFile}. */
export const daemonFileSchema = {
  type: "object",
  additionalProperties: false,
  required: ["actor", "operator_omni", "actor_omni", "broker_url", "worker_url", "placeholder", "chain"],
  properties: {
    actor: { type: "string", pattern: "^[a-z0-9-]{1,32}$", description: "Label of the actor under its operator" },
    operator_omni: { ...omni, description: "Whose agent this is" },
    actor_omni: { ...omni, description: "Whose credentials are used" },
    broker_url: { ...origin, description: "Broker, as it knows itself" },
    worker_url: { ...origin, description: "Creds-worker, as it knows itself" },
    trust_bundle: {
      ...path,
      description: "Authorities of their certificates, a PEM file, read again when it changes; the machine's own when left out",
    },
    placeholder: { type: "string", pattern: "^[A-Za-z0-9_-]{16,128}$", description: "What programs hold in place of a key" },
    tcp_port: { ...port, default: 9090, description: "Port on loopback; 0: the socket alone" },
    admin_port: { ...port, default: 0, description: "Port of health and metrics on loopback; 0: none" },
    log_level: { enum: ["debug", "info", "warn", "error"], default: "info", description: "Least level that is logged" },
    chain: {
      type: "object",
      additionalProperties: false,
      required: ["id", "registry"],
      description: "`id` of the chain and its `registry`, which delegations are signed for; `file`: the chain file of commands",
      properties: { id: { type: "integer", minimum: 1 }, registry: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" }, file: path },
    },
    mtls: mtlsTableSchema,
    dial: {
      type: "object",
      default: {},
      description: "`host:port` of a service to where it is dialled instead, as through a forwarded port",
      propertyNames: { pattern: HOST_PORT },
      additionalProperties: { type: "string", pattern: HOST_PORT },
    },
  },
} as const;

/** Reads a `daemon.toml`; throws `config_invalid` with every problem and its line. */
export function parseDaemonFile(text: string, file: string): DaemonFile {
  const parsed = parseToml<DaemonFile>({ path: file, text }, checkDaemonFile);
  return { ...parsed, operator_omni: normaliseHex32(parsed.operator_omni), actor_omni: normaliseHex32(parsed.actor_omni) };
}

/** The text of a `daemon.toml`. */
export function renderDaemonFile(file: DaemonFile): string {
  return `# Written by \`agentkeys device register\`, which keeps what you change of ports, log level, dial and mtls.\n${stringify(file)}`;
}
