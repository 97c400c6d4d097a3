import type { TypedDataDomain, TypedDataField } from "ethers";

/** A transaction of the master wallet; it carries no value. `words` say what it does, decoded from `data` by who asks. */
export interface WalletTransaction {
  /** Absent where `data` is the init code of a contract that is created. */
  to?: string;
  data: string;
  words: readonly string[];
  /** Sent under this count or not at all: so that it can never take effect twice. */
  nonce?: number;
}

/** Typed data (EIP-712) for the master wallet to sign, with what signing it permits in words. */
export interface WalletTypedData {
  domain: TypedDataDomain;
  types: Record<string, TypedDataField[]>;
  primaryType: string;
  message: Record<string, unknown>;
  words: readonly string[];
}

/** A wallet on one chain: a key, or a program that holds one and asks its owner. */
export interface WalletSigner {
  /** Checksummed. */
  readonly address: string;
  /**
   * Sends and answers the transaction's hash, before it is mined. Rejects with `wallet_rejected` when its owner says no,
   * with ethers' error when the chain does.
   */
  sendTransaction(transaction: WalletTransaction): Promise<string>;
  /** Answers the signature, 65 bytes of hex. */
  signTypedData(data: WalletTypedData): Promise<string>;
  close(): Promise<void>;
}
