import type { Metrics } from "../metrics/index.ts";
import type { RpcFaultReason } from "./rpc-fault.ts";

/** Counts one fault of an RPC, by its place among the URLs. */
export type RpcFaultCount = (rpc: number, reason: RpcFaultReason) => void;

/** agentkeys_<process>_chain_rpc_faults_total{rpc,reason}: `rpc` is the place among rpcUrls from 0, of which there are 16 at most. */
export function countRpcFaults(metrics: Metrics): RpcFaultCount {
  const faults = metrics.counter("chain_rpc_faults_total", "Faults of an RPC, by its place among rpcUrls (from 0)", ["rpc", "reason"]);
  return (rpc, reason) => faults.inc({ rpc: String(rpc), reason });
}
