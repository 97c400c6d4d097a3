/** Which view of the chain a grant must be in force at, besides `latest`. */
export type Finality = "latest" | "safe" | "finalized";

export const FINALITIES: readonly Finality[] = ["latest", "safe", "finalized"];

/** What is known of a public chain; a chain file of that profile takes from here what it leaves out. */
export interface ChainProfile {
  chainId: number;
  finality: Finality;
  /** Oldest view that still counts, in seconds; absent where blocks come only with transactions. */
  maxAgeSeconds?: number;
  /** Link of a transaction with `{hash}` in it; absent where no explorer shows EVM transactions by hash. */
  explorerTxUrl?: string;
  /** Link of an address with `{address}` in it. */
  explorerAddressUrl?: string;
  ens?: { registry: string };
}

/** The same on every chain that has ENS. */
const ENS = { registry: "0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e" };

/** Protocol §5: a chain view older than this is refused. */
const MAX_AGE_SECONDS = 60;

export const CHAIN_PROFILES = {
  heima: { chainId: 212013, finality: "latest", maxAgeSeconds: MAX_AGE_SECONDS },
  base: {
    chainId: 8453,
    finality: "safe",
    maxAgeSeconds: MAX_AGE_SECONDS,
    explorerTxUrl: "https://basescan.org/tx/{hash}",
    explorerAddressUrl: "https://basescan.org/address/{address}",
  },
  "base-sepolia": {
    chainId: 84532,
    finality: "safe",
    maxAgeSeconds: MAX_AGE_SECONDS,
    explorerTxUrl: "https://sepolia.basescan.org/tx/{hash}",
    explorerAddressUrl: "https://sepolia.basescan.org/address/{address}",
  },
  sepolia: {
    chainId: 11155111,
    finality: "finalized",
    maxAgeSeconds: MAX_AGE_SECONDS,
    explorerTxUrl: "https://sepolia.etherscan.io/tx/{hash}",
    explorerAddressUrl: "https://sepolia.etherscan.io/address/{address}",
    ens: ENS,
  },
  ethereum: {
    chainId: 1,
    finality: "finalized",
    maxAgeSeconds: MAX_AGE_SECONDS,
    explorerTxUrl: "https://etherscan.io/tx/{hash}",
    explorerAddressUrl: "https://etherscan.io/address/{address}",
    ens: ENS,
  },
  // Whether a local chain mines by interval is known to who starts it, so its chain file says the age.
  anvil: { chainId: 31337, finality: "latest" },
} as const satisfies Record<string, ChainProfile>;

/** The profile of that name, or null for a chain of one's own. */
export function profileOf(name: string): ChainProfile | null {
  return Object.hasOwn(CHAIN_PROFILES, name) ? CHAIN_PROFILES[name as keyof typeof CHAIN_PROFILES] : null;
}
