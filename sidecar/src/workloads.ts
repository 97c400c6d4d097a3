import { AgentKeysError } from "@agentkeys/common/errors";
import type { ProxyConfig } from "./config.ts";
import type { WorkloadDeps, Workloads } from "./workload/index.ts";

export type WorkloadSettings = Pick<ProxyConfig, "mtlsListen" | "mtlsHost" | "mtlsNames" | "workloadApi">;

/** The listener for workloads, or null when it is not configured: then neither its code nor gRPC is loaded. */
export async function loadWorkloads(
  settings: Readonly<WorkloadSettings>,
  deps: Pick<WorkloadDeps, "clock" | "random" | "log" | "metrics" | "policy">,
): Promise<Workloads | null> {
  const { mtlsListen: port, mtlsHost: host = "0.0.0.0", mtlsNames = "", workloadApi = "" } = settings;
  if (port === undefined) return null;
  if (workloadApi === "")
    throw new AgentKeysError("config_invalid", { message: "mtlsListen needs workloadApi: set AGENTKEYS_SIDECAR_WORKLOAD_API" });
  const { createWorkloads } = await import("./workload/index.ts");
  return createWorkloads({ ...deps, host, port, workloadApi, names: mtlsNames.split(",").filter((name) => name !== "") });
}
