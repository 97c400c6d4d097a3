import { deviceOf } from "@agentkeys/common/delegation";
import { fetchAsDevice } from "@agentkeys/common/device-client";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ResolvedService } from "@agentkeys/common/presets";
import { readDeviceKey, type Variable } from "@agentkeys/common/workstation";
import type { Call } from "../command.ts";
import type { CredentialBackend } from "./backend.ts";
import type { Workstation } from "./open.ts";
import { openNamedServices } from "./services.ts";

/** The keys in the child's environment, where it and all of its children read them. Deprecated. */
export class S3CredentialBackend implements CredentialBackend {
  readonly #call: Call;
  readonly #workstation: Workstation;

  constructor(call: Call, workstation: Workstation) {
    this.#call = call;
    this.#workstation = workstation;
  }

  async variables(): Promise<{ variables: Variable[]; warnings: string[] }> {
    const { machine } = this.#call;
    const { file, paths, services } = this.#workstation;
    const privateKey = readDeviceKey(paths.deviceKey, machine.uid);
    if (privateKey === null) throw new AgentKeysError("device_key_missing", { detail: paths.deviceKey });
    const deps = {
      ...openNamedServices(this.#call, file),
      clock: machine.clock,
      newId: machine.newId,
      domain: { chainId: file.chain.id, registry: file.chain.registry },
      operatorOmni: file.operator_omni,
      actorOmni: file.actor_omni,
      device: { privateKey, deviceKeyHash: deviceOf(privateKey).deviceKeyHash },
    };
    const variables: Variable[] = [];
    for (const service of services) {
      const key = await fetchAsDevice(service.name, deps);
      variables.push(...keyVariables(service, key.reveal()).filter(({ name }) => variables.every((other) => other.name !== name)));
      key.wipe();
    }
    return { variables, warnings: [] };
  }
}

/** The preset's names for the key; those that hold an address are left to the SDK's own default. */
function keyVariables({ name, env }: ResolvedService, key: string): Variable[] {
  const own = env.filter(({ value }) => value.includes("{placeholder}") && !value.includes("{proxy}"));
  if (own.length > 0) return own.map((variable) => ({ name: variable.name, value: variable.value.replaceAll("{placeholder}", () => key) }));
  return [{ name: `${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}_API_KEY`, value: key }];
}
