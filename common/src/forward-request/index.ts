/**
 * ERC-2771 forward requests: what a wallet signs so that somebody else may bring it to the chain and pay. Must not know who that is.
 */
import { getBytes, recoverAddress, TypedDataEncoder, type TypedDataDomain, type TypedDataField } from "ethers";

/** What is signed. `value` is 0: no contract of ours takes coins. */
export interface ForwardRequest {
  /** The wallet; 0x + 40 hex. */
  from: string;
  /** The contract that is called. */
  to: string;
  value: number;
  /** Gas of the inner call. */
  gas: number;
  /** The forwarder's count for the wallet: each is used once. */
  nonce: number;
  /** Unix seconds; at a later block time it cannot be carried out any more. */
  deadline: number;
  /** Call data, 0x + hex. */
  data: string;
}

/** A request and its EIP-712 signature, 65 bytes in hex; the wire form of a relay. */
export interface SignedForwardRequest extends ForwardRequest {
  signature: string;
}

/** The forwarder that a signature is for. */
export interface ForwardDomain {
  chainId: number;
  forwarder: string;
}

const NAME = "AgentKeys Forwarder";

/** The EIP-712 type, as OpenZeppelin's ERC2771Forwarder has it. */
export const FORWARD_REQUEST_TYPES: Record<string, TypedDataField[]> = {
  ForwardRequest: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "gas", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint48" },
    { name: "data", type: "bytes" },
  ],
};

const ADDRESS = { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" };
const whole = (maximum: number): object => ({ type: "integer", minimum: 0, maximum });

/** JSON Schema of a signed request; data is bounded so that a body stays below a relay's limit. */
export const signedForwardRequestSchema = {
  type: "object",
  additionalProperties: false,
  required: ["from", "to", "value", "gas", "nonce", "deadline", "data", "signature"],
  properties: {
    from: ADDRESS,
    to: ADDRESS,
    value: whole(Number.MAX_SAFE_INTEGER),
    gas: whole(Number.MAX_SAFE_INTEGER),
    nonce: whole(Number.MAX_SAFE_INTEGER),
    deadline: whole(2 ** 48 - 1),
    data: { type: "string", pattern: "^0x([0-9a-fA-F]{2})*$", maxLength: 50_002 },
    signature: { type: "string", pattern: "^0x[0-9a-fA-F]{130}$" },
  },
} as const;

/** The EIP-712 domain of a forwarder. */
export function forwardDomain({ chainId, forwarder }: ForwardDomain): TypedDataDomain {
  return { name: NAME, version: "1", chainId, verifyingContract: forwarder };
}

/** The message as it is signed, without a signature or anything else. */
export function forwardMessage({ from, to, value, gas, nonce, deadline, data }: ForwardRequest): ForwardRequest {
  return { from, to, value, gas, nonce, deadline, data };
}

/** The EIP-712 digest, 0x + 64 hex: names a request everywhere. */
export function forwardRequestId(domain: ForwardDomain, request: ForwardRequest): string {
  return TypedDataEncoder.hash(forwardDomain(domain), FORWARD_REQUEST_TYPES, forwardMessage(request));
}

/** Whether the request is signed by the wallet it names; a signature that could be rewritten (high s) is none. */
export function isSignedByItsWallet(domain: ForwardDomain, request: SignedForwardRequest): boolean {
  try {
    const signer = recoverAddress(getBytes(forwardRequestId(domain, request)), request.signature);
    return signer.toLowerCase() === request.from.toLowerCase();
  } catch {
    return false;
  }
}
