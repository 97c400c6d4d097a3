import type { Hex } from "@agentkeys/common/identity";
import type { Secret } from "@agentkeys/common/secret";
import { openVaultClient, type VaultClientOptions } from "@agentkeys/common/vault-client";

/** What reconciling needs of the vault. */
export interface Vault {
  store(of: { actorOmni: Hex; service: string; value: Secret }): Promise<{ version: string }>;
  /** Versions by service name. */
  list(actorOmni: Hex, service: string): Promise<Map<string, string>>;
}

/** Opens the vault with the operator's own master device. */
export function openVault(options: VaultClientOptions): Vault {
  const client = openVaultClient(options);
  return {
    store: (of) => client.store(of),
    list: async (actorOmni, service) => {
      const { services } = await client.list({ actorOmni, service });
      return new Map(services.map((entry) => [entry.service, entry.version]));
    },
  };
}
