import type { CapFacts, DeviceFacts } from "./types.ts";

function combineDevices(latest: DeviceFacts | null, final: DeviceFacts | null): DeviceFacts | null {
  if (latest === null || final === null) return null;
  // A key that is another device at the tag was replaced by a reorganisation: what is not yet final does not count.
  const isSame = latest.operatorOmni === final.operatorOmni && latest.actorOmni === final.actorOmni && latest.tier === final.tier;
  if (!isSame) return null;
  return { ...latest, roles: latest.roles & final.roles, revoked: latest.revoked || final.revoked };
}

/**
 * What two views of the same question come to (protocol §7): a right counts only if both views show it, a revocation counts
 * if either does. The epoch and the block are those of `latest`.
 */
export function combineFinality(latest: CapFacts, final: CapFacts): CapFacts {
  return {
    ...latest,
    device: combineDevices(latest.device, final.device),
    actorOperator: latest.actorOperator === final.actorOperator ? latest.actorOperator : null,
    inScope: latest.inScope && final.inScope,
    readOnly: latest.readOnly || final.readOnly,
  };
}
