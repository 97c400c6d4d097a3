import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import type { Call } from "../command.ts";

/** A Service of ours and its port. */
export interface OwnService {
  name: string;
  port: number;
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
  const originOf = ({ name, port }: OwnService): string => `https://${name}.${namespace}.svc:${port}`;
  const bundle = await kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name: "agentkeys-trust-bundle" });
  const caPem = bundle?.data?.["ca.crt"];
  if (caPem === undefined)
    throw new AgentKeysError("not_found", {
      message: `There is no ConfigMap ${namespace}/agentkeys-trust-bundle: wait for the operator, then run agentkeys doctor`,
    });
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
