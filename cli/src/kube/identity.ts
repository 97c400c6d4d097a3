import { AgentKeysError } from "@agentkeys/common/errors";
import { normaliseHex32, type Hex } from "@agentkeys/common/identity";
import type { Call } from "../command.ts";

const CONFIG_MAP = "agentkeys-identity";

/** Whose actors and devices are an installation's operator's, as the operator published it in its own namespace. */
export interface OperatorIdentity {
  operatorOmni: Hex;
  clusterName: string;
  masterDevice: Hex;
}

/** The identity of the installation's operator; `not_found` before its first round. */
export async function operatorIdentity(call: Call): Promise<OperatorIdentity> {
  const namespace = call.text("namespace") ?? "";
  const map = await call.machine.kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name: CONFIG_MAP });
  const { operatorOmni, clusterName, masterDevice } = map?.data ?? {};
  if (operatorOmni !== undefined && clusterName !== undefined && masterDevice !== undefined)
    return { operatorOmni: normaliseHex32(operatorOmni), clusterName, masterDevice: normaliseHex32(masterDevice) };
  throw new AgentKeysError("not_found", {
    message: `There is no ConfigMap ${namespace}/${CONFIG_MAP}: name the installation's namespace with -n, or wait for the operator`,
  });
}
