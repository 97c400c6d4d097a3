import { AgentKeysError } from "@agentkeys/common/errors";
import type { ChainConfig } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";
import { openVaultClient, type VaultClient } from "@agentkeys/common/vault-client";
import type { DaemonFile } from "@agentkeys/common/workstation";
import { openChainConfig } from "./chain/config.ts";
import type { Call } from "./command.ts";
import type { BoundActor } from "./kube/binding.ts";
import { openForwardedServices } from "./kube/services.ts";
import { ensureMasterDevice, ownDevice } from "./master.ts";
import { requireDaemonFile } from "./workstation/open.ts";
import { openNamedServices, type OpenServices } from "./workstation/services.ts";

export const SERVICES = {
  broker: { name: "agentkeys-broker", port: 8091 },
  worker: { name: "agentkeys-creds-worker", port: 9094 },
} as const;

/** Broker and creds-worker, through forwarded ports or where a workstation is told, with the person's own device. */
export async function openVault(call: Call, binding: BoundActor): Promise<VaultClient> {
  const { operatorOmni } = binding;
  if (operatorOmni === undefined)
    throw new AgentKeysError("not_found", {
      message: `${binding.name} has no operator yet: wait for the operator, then see agentkeys status`,
    });
  const file = call.flag("workstation") ? requireDaemonFile(call.machine) : null;
  return await openOperatorVault(call, await openChainConfig(call, file?.chain.file), operatorOmni, file);
}

/** The same for every actor of one operator. */
export async function openOperatorVault(
  call: Call,
  chain: ChainConfig,
  operatorOmni: Hex,
  file: DaemonFile | null = null,
): Promise<VaultClient> {
  const masterDevice = ownDevice(call);
  await ensureMasterDevice(call, chain, { deviceKeyHash: masterDevice.deviceKeyHash, operatorOmni });
  return openVaultClient({
    ...(file === null ? await openClusterServices(call) : openNamedServices(call, file)),
    clock: call.machine.clock,
    newId: call.machine.newId,
    domain: { chainId: chain.chainId, registry: chain.contracts.registry },
    operatorOmni,
    masterDevice,
  });
}

async function openClusterServices(call: Call): Promise<OpenServices> {
  const { http, originOf } = await openForwardedServices(call, [SERVICES.broker, SERVICES.worker]);
  return { http, brokerUrl: originOf(SERVICES.broker), workerUrl: originOf(SERVICES.worker) };
}
