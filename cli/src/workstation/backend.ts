/**
 * Where a child's variables come from: addresses and placeholders, or, as it once was, the keys themselves. Must not know how the child
 * is started.
 */
import { serviceVariables, type Variable } from "@agentkeys/common/workstation";
import { proxyUrl, type Workstation } from "./open.ts";

export interface CredentialBackend {
  variables(): Promise<{ variables: Variable[]; warnings: string[] }>;
}

/** Addresses of the daemon and placeholders: the child never holds a key. */
export class SidecarCredentialBackend implements CredentialBackend {
  readonly #workstation: Workstation;

  constructor(workstation: Workstation) {
    this.#workstation = workstation;
  }

  variables(): Promise<{ variables: Variable[]; warnings: string[] }> {
    const { services, file } = this.#workstation;
    return Promise.resolve(serviceVariables(services, { proxy: proxyUrl(this.#workstation), placeholder: file.placeholder }));
  }
}
