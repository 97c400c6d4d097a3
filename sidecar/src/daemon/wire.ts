/** Builds the daemon's object graph: the sidecar's proxy with a workstation's owner in the operator's place. */
import { mkdirSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { deviceOf } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { createLog } from "@agentkeys/common/log";
import { dialOf, readDeviceKey, readGuarded, type DaemonFile } from "@agentkeys/common/workstation";
import type { ProxyConfig } from "../config.ts";
import { Trust } from "../trust.ts";
import type { WorkloadSettings } from "../workloads.ts";
import { LOOPBACK, startProxy, type Platform, type RunningSidecar } from "../wire.ts";
import type { DaemonConfig } from "./config.ts";
import type { Kernel } from "./kernel.ts";
import { ownerAuthority } from "./owner.ts";
import type { Processes } from "./processes.ts";
import { openRules } from "./rules.ts";
import { claimSocket } from "./socket-path.ts";
import { createTcpPeers } from "./tcp-peer.ts";
import { createUnixPeers } from "./unix-peer.ts";

const DRAIN_MS = 20_000;
const START_WAIT_MS = 15_000;
const AUDIT_BATCH_MS = 5000;

/** The machine as the daemon sees it. */
export interface DaemonMachine {
  platform: Platform;
  kernel: Kernel;
  processes: Processes;
}

function readTrust({ file, uid }: Readonly<DaemonConfig>): string {
  if (file.trust_bundle === undefined) return rootCertificates.join("\n");
  const bytes = readGuarded(file.trust_bundle, { uid, as: "trusted", code: "config_invalid" });
  if (bytes === null) throw new AgentKeysError("config_invalid", { message: `There is no ${file.trust_bundle}, which daemon.toml names` });
  return bytes.toString("utf8");
}

/** Addresses that stand for all of a machine's: no client names them. */
const ANY_ADDRESS = ["0.0.0.0", "::"];

function mtlsSettings({ mtls }: DaemonFile): WorkloadSettings {
  if (mtls === undefined) return {};
  const { address, port, names, workload_api: workloadApi } = mtls;
  const hosts = ANY_ADDRESS.includes(address) ? names : [address, ...names];
  return { mtlsListen: port, mtlsHost: address, mtlsNames: hosts.join(","), workloadApi };
}

function proxyConfig({ file, paths }: Readonly<DaemonConfig>, trustBundle: string): ProxyConfig {
  return {
    listen: file.tcp_port,
    adminListen: file.admin_port === 0 ? null : file.admin_port,
    adminHost: "127.0.0.1",
    brokerUrl: file.broker_url,
    workerUrl: file.worker_url,
    trustBundle,
    placeholder: file.placeholder,
    ...mtlsSettings(file),
    drainMs: DRAIN_MS,
    startWaitMs: START_WAIT_MS,
    stateDir: paths.stateDir,
    auditBatchMs: AUDIT_BATCH_MS,
    logLevel: file.log_level,
  };
}

/** Host values on the socket, whose clients are given any URL: curl sends what stands in it. */
const SOCKET_HOSTS = new Set(["localhost", "localhost:80", "localhost:9090", "127.0.0.1"]);

/** Starts the daemon. Throws what stands in its way before anything listens. */
export async function startDaemon(
  config: Readonly<DaemonConfig>,
  context: Pick<ProcessContext, "stdout">,
  { platform, kernel, processes }: DaemonMachine,
): Promise<RunningSidecar> {
  const { file, paths, uid } = config;
  const log = createLog({ component: "daemon", level: file.log_level, stream: context.stdout });
  const deviceKey = readDeviceKey(paths.deviceKey, uid);
  if (deviceKey === null) throw new AgentKeysError("device_key_missing", { detail: paths.deviceKey });
  const { deviceKeyHash } = deviceOf(deviceKey);
  const identity = { agent: file.actor, operatorOmni: file.operator_omni, actorOmni: file.actor_omni, deviceKeyHash };
  const rules = openRules({ config, identity, log, newId: platform.newId });
  const trustBundle = readTrust(config);
  const trust = new Trust(trustBundle, log);
  const socket = await claimSocket({ path: paths.socket, uid, kernel });
  mkdirSync(paths.stateDir, { recursive: true, mode: 0o700 });
  const owner = {
    identity,
    deviceKey,
    domain: { chainId: file.chain.id, registry: file.chain.registry },
    loadPolicy: () => rules.load(),
    first: rules.current(),
    policyFiles: [paths.policy],
    readTrustBundle: () => readTrust(config),
    trustFiles: file.trust_bundle === undefined ? [] : [file.trust_bundle],
    onTrust: (pem: string) => trust.take(pem),
  };
  const entrance = { callerGuard: createUnixPeers({ kernel, processes }), hosts: SOCKET_HOSTS, open: socket.open };
  try {
    const running = await startProxy(proxyConfig(config, trustBundle), context, platform, {
      log,
      trust,
      place: {
        authority: (parts) => ownerAuthority(owner, parts),
        callerGuard: createTcpPeers({ kernel, processes, asksForBinary: (of) => rules.asksForBinary(of) }),
        listenAddresses: file.tcp_port === 0 ? [] : LOOPBACK,
        entrances: [entrance],
        dial: dialOf(file),
        name: "",
        namespace: "",
      },
    });
    rules.tellShells();
    const { port, mtlsPort } = running;
    log.info("daemon is listening", { socket: paths.socket, port, mtlsPort, device: deviceKeyHash, actor: file.actor_omni });
    return {
      ...running,
      stop: async () => {
        await running.stop();
        socket.release();
      },
    };
  } catch (fault) {
    socket.release();
    throw fault;
  }
}
