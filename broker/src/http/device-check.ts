import type { ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";

const NO_SERVICE: Hex = `0x${"0".repeat(64)}`;
/** A device that the chain knew is not asked for again this long. */
const KNOWN_DEVICE_MS = 60_000;
const MOST_DEVICES = 20_000;

/** Throws `device_not_active` or `device_binding_mismatch` for a device that is none of the actor's; answers whether it was revoked. */
export type DeviceCheck = (delegation: OpenedDelegation) => Promise<boolean>;

/**
 * Anybody can sign a delegation with a key of their own: the device must be the operator's and the actor's on chain. Whether it was
 * revoked since is known a minute late at most.
 */
export function createDeviceCheck({ chain, clock }: { chain: ChainReader; clock: Clock }): DeviceCheck {
  const known = new Map<string, { untilMs: number; isRevoked: boolean }>();
  return async ({ deviceKeyHash, operatorOmni, actorOmni }) => {
    const key = `${deviceKeyHash}${operatorOmni}${actorOmni}`;
    const held = known.get(key);
    if (held !== undefined && held.untilMs > clock.nowMs()) return held.isRevoked;
    const { device, actorOperator } = await chain.capFacts({ deviceKeyHash, operatorOmni, actorOmni, serviceHash: NO_SERVICE });
    if (device === null) throw new AgentKeysError("device_not_active");
    if (device.operatorOmni !== operatorOmni || device.actorOmni !== actorOmni || actorOperator !== operatorOmni)
      throw new AgentKeysError("device_binding_mismatch");
    if (known.size >= MOST_DEVICES) known.clear();
    known.set(key, { untilMs: clock.nowMs() + KNOWN_DEVICE_MS, isRevoked: device.revoked });
    return device.revoked;
  };
}
