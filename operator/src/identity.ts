import type { Hex } from "@agentkeys/common/identity";
import type { KubeObject } from "./api/types.ts";
import { RESOURCES, type KubeApi } from "./kube/index.ts";

const CONFIG_MAP = "agentkeys-identity";

/** What anybody needs to know to tell whose actors and devices are this operator's; none of it is secret. */
export interface Identity {
  operatorOmni: Hex;
  clusterName: string;
  /** The operator's own device. */
  masterDevice: Hex;
}

/** Keeps the identity in ConfigMap agentkeys-identity of the release: `agentkeys apply` holds what it is asked to sign against it. */
export async function publishIdentity(api: KubeApi, namespace: string, identity: Identity): Promise<void> {
  const known = (await api.get(RESOURCES.configMaps, { namespace, name: CONFIG_MAP })) as
    (KubeObject & { data?: Record<string, string> }) | null;
  if (Object.entries(identity).every(([key, value]) => known?.data?.[key] === value)) return;
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: CONFIG_MAP }, data: { ...identity } };
  await api.apply(RESOURCES.configMaps, body);
}
