import { AgentKeysError } from "@agentkeys/common/errors";
import type { ChainConfig } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import { openVaultClient, type VaultClient } from "@agentkeys/common/vault-client";
import { openChainConfig } from "./chain/config.ts";
import type { Call } from "./command.ts";
import type { BoundActor } from "./kube/binding.ts";
import { ensureMasterDevice, ownDevice } from "./master.ts";

const SERVICES = { broker: { name: "agentkeys-broker", port: 8091 }, worker: { name: "agentkeys-creds-worker", port: 9094 } } as const;

/** Broker and creds-worker through forwarded ports, for the credentials of one binding, with the person's own device. */
export async function openVault(call: Call, binding: BoundActor): Promise<VaultClient> {
  const { operatorOmni } = binding;
  if (operatorOmni === undefined)
    throw new AgentKeysError("not_found", {
      message: `${binding.name} has no operator yet: wait for the operator, then see agentkeys status`,
    });
  return await openOperatorVault(call, await openChainConfig(call), operatorOmni);
}

/** The same for every actor of one operator. */
export async function openOperatorVault(call: Call, chain: ChainConfig, operatorOmni: Hex): Promise<VaultClient> {
  const masterDevice = ownDevice(call);
  await ensureMasterDevice(call, chain, { deviceKeyHash: masterDevice.deviceKeyHash, operatorOmni });
  const http = await openServices(call);
  const namespace = call.text("namespace") ?? "";
  return openVaultClient({
    http,
    clock: call.machine.clock,
    newId: call.machine.newId,
    brokerUrl: originOf("broker", namespace),
    workerUrl: originOf("worker", namespace),
    domain: { chainId: chain.chainId, registry: chain.contracts.registry },
    operatorOmni,
    masterDevice,
  });
}

function originOf(service: keyof typeof SERVICES, namespace: string): string {
  return `https://${SERVICES[service].name}.${namespace}.svc:${SERVICES[service].port}`;
}

/** The certificate is checked under the service's own name against the cluster's bundle, wherever the port is forwarded to. */
async function openServices(call: Call): Promise<HttpClient> {
  const namespace = call.text("namespace") ?? "";
  const { kubectl } = call.machine;
  const bundle = await kubectl.get<{ data?: Record<string, string> }>("configmap", { namespace, name: "agentkeys-trust-bundle" });
  const caPem = bundle?.data?.["ca.crt"];
  if (caPem === undefined)
    throw new AgentKeysError("not_found", {
      message: `There is no ConfigMap ${namespace}/agentkeys-trust-bundle: wait for the operator, then run agentkeys doctor`,
    });
  const dial: Record<string, { hostname: string; port: number }> = {};
  for (const key of ["broker", "worker"] as const) {
    const { name, port } = SERVICES[key];
    const forwarded = await kubectl.forward(namespace, `service/${name}`, port);
    call.defer(forwarded.close);
    dial[new URL(originOf(key, namespace)).host] = { hostname: "127.0.0.1", port: forwarded.port };
  }
  const http = createHttpClient({ caPem, dial });
  call.defer(() => http.close());
  return http;
}
