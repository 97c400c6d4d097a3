/**
 * Delegations signed by a device key K10 with EIP-712 (protocol §2). Knows the EVM signature, not what is delegated.
 */
import { getBytes, verifyTypedData, Wallet } from "ethers";
import type { Clock } from "../clock/index.ts";
import { decodeDelegation, delegationHash, encodeDelegation, type Delegation } from "../delegation-token/index.ts";
import { AgentKeysError } from "../errors/index.ts";
import { agentPopPayload, deviceKeyHash, keyHex, type Hex } from "../identity/index.ts";
import type { Secret } from "../secret/index.ts";

export { decodeDelegation, delegationHash, thumbprintToHex, type Delegation } from "../delegation-token/index.ts";

/** Longest life of a delegation, seconds. */
export const MAX_DELEGATION_SECONDS = 900;
const CLOCK_SKEW_SECONDS = 30;
/** Any device key makes valid tokens, so what is remembered of them is bounded. */
const MEMO_LIMIT = 4096;

/** Which registry the signature is bound to (EIP-712 domain). */
export interface DelegationDomain {
  chainId: number;
  registry: string;
}

/** A delegation whose signature, device and life were checked. `hash` is the `dgh` of caps made from it. */
export interface OpenedDelegation extends Delegation {
  hash: string;
  deviceAddress: string;
}

const TYPES = {
  Delegation: [
    { name: "deviceKeyHash", type: "bytes32" },
    { name: "operatorOmni", type: "bytes32" },
    { name: "actorOmni", type: "bytes32" },
    { name: "sessionThumbprint", type: "bytes32" },
    { name: "services", type: "bytes32[]" },
    { name: "readOnly", type: "bool" },
    { name: "namespace", type: "string" },
    { name: "serviceAccount", type: "string" },
    { name: "pod", type: "string" },
    { name: "podUid", type: "string" },
    { name: "issuedAt", type: "uint64" },
    { name: "expiresAt", type: "uint64" },
  ],
};

/** EIP-712 domain of everything a device signs. */
export function domainOf(domain: DelegationDomain): { name: string; version: string; chainId: number; verifyingContract: string } {
  return { name: "AgentKeys", version: "1", chainId: domain.chainId, verifyingContract: domain.registry };
}

/** Address of a K10 private key and its device key hash. */
export function deviceOf(privateKey: Secret): { address: string; deviceKeyHash: Hex } {
  const address = new Wallet(keyHex(privateKey)).address.toLowerCase();
  return { address, deviceKeyHash: deviceKeyHash(address) };
}

/** K10's proof of possession for its own registration (protocol §7). */
export async function popOf(k10: Secret, of: { deviceKeyHash: Hex; operatorOmni: Hex; actorOmni: Hex }): Promise<string> {
  return await new Wallet(keyHex(k10)).signMessage(getBytes(agentPopPayload(of)));
}

/** Signs a delegation with K10; answers the wire token. */
export async function signDelegation(privateKey: Secret, domain: DelegationDomain, message: Delegation): Promise<string> {
  const signature = await new Wallet(keyHex(privateKey)).signTypedData(domainOf(domain), TYPES, message);
  return encodeDelegation(message, signature);
}

/**
 * Opens tokens for one domain. The signature of a token is recovered once (a sidecar sends the same one for minutes);
 * its times are checked on every call. Throws `unauthorized`.
 */
export function createDelegationOpener(domain: DelegationDomain, clock: Clock): (token: string) => OpenedDelegation {
  const verified = new Map<string, OpenedDelegation>();
  return (token) => {
    const hash = delegationHash(token);
    let opened = verified.get(hash);
    if (opened === undefined) {
      opened = verifySignature(token, domain);
      const oldest = verified.keys().next();
      if (verified.size >= MEMO_LIMIT && oldest.done !== true) verified.delete(oldest.value);
      verified.set(hash, opened);
    }
    checkTimes(opened, clock.nowSeconds());
    return opened;
  };
}

/** As {@link createDelegationOpener} for a single token. */
export function openDelegation(token: string, domain: DelegationDomain, clock: Clock): OpenedDelegation {
  return createDelegationOpener(domain, clock)(token);
}

function verifySignature(token: string, domain: DelegationDomain): OpenedDelegation {
  const { message, signature } = decodeDelegation(token);
  let address: string;
  try {
    address = verifyTypedData(domainOf(domain), TYPES, message, signature).toLowerCase();
  } catch (cause) {
    throw new AgentKeysError("unauthorized", { detail: "delegation: signature", cause });
  }
  if (deviceKeyHash(address) !== message.deviceKeyHash)
    throw new AgentKeysError("unauthorized", { detail: "delegation: signed by another device" });
  return { ...message, hash: delegationHash(token), deviceAddress: address };
}

function checkTimes(message: Delegation, now: number): void {
  const refuse = (detail: string): AgentKeysError => new AgentKeysError("unauthorized", { detail: `delegation: ${detail}` });
  if (message.expiresAt - message.issuedAt > MAX_DELEGATION_SECONDS) throw refuse("life too long");
  if (message.expiresAt <= now) throw refuse("expired");
  if (message.issuedAt > now + CLOCK_SKEW_SECONDS) throw refuse("issued in the future");
}
