import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import type { Call } from "../command.ts";

/** A Service of ours and its port. */
export interface OwnService {
  name: string;
  port: number;
}

/** A Service of the installation as it knows itself. */
export function clusterOrigin({ name, port }: OwnService, namespace: string): string {
  return `https://${name}.${namespace}.svc:${port}`;
}

/** The authorities of the installation's certificates, PEM. */
export async function clusterTrustBundle(call: Call): Promise<string> {
  const namespace = call.text("namespace") ?? "";
  const name = "agentkeys-trust-bundle";
  const bundle = await call.machine.kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name });
  const pem = bundle?.data?.["ca.crt"];
  if (pem !== undefined) return pem;
  throw new AgentKeysError("not_found", {
    message: `There is no ConfigMap ${namespace}/${name}: wait for the operator, then run agentkeys doctor`,
  });
}

/**
 * Services of the installation through forwarded ports, until the command is over. A certificate is checked under the service's own
 * name against the cluster's bundle, wherever the port is forwarded to.
 */
export async function openForwardedServices(
  call: Call,
  services: readonly OwnService[],
): Promise<{ http: HttpClient; originOf: (service: OwnService) => string }> {
  const namespace = call.text("namespace") ?? "";
  const { kubectl } = call.machine;
  const originOf = (service: OwnService): string => clusterOrigin(service, namespace);
  const caPem = await clusterTrustBundle(call);
  const dial: Record<string, { hostname: string; port: number }> = {};
  for (const service of services) {
    const forwarded = await kubectl.forward(namespace, `service/${service.name}`, service.port);
    call.defer(forwarded.close);
    dial[new URL(originOf(service)).host] = { hostname: "127.0.0.1", port: forwarded.port };
  }
  const http = createHttpClient({ caPem, dial });
  call.defer(() => http.close());
  return { http, originOf };
}
