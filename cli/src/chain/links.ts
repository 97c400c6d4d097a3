import type { ChainConfig } from "@agentkeys/common/chain";

type Chain = Pick<ChainConfig, "explorerTxUrl" | "explorerAddressUrl">;

/** Where a transaction can be looked at; nothing where the chain has no explorer. */
export function transactionLink(chain: Chain, hash: string | undefined): string | undefined {
  return hash === undefined ? undefined : chain.explorerTxUrl?.replace("{hash}", hash);
}

/** Where an address can be looked at. */
export function addressLink(chain: Chain, address: string | undefined): string | undefined {
  return address === undefined ? undefined : chain.explorerAddressUrl?.replace("{address}", address);
}
