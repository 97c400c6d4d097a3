import { signCap, type Cap, type CapOp } from "../cap/index.ts";
import { delegationHash, type Delegation } from "../delegation/index.ts";
import type { SigningKey } from "../jose/index.ts";
import type { FakeClock } from "./clock.ts";
import type { TestSession } from "./session.ts";

export interface TestCapOptions {
  clock: FakeClock;
  session: TestSession;
  /** The broker's key, or a forger's. */
  key: SigningKey;
  op: CapOp;
  k3Epoch: number;
  service?: string;
  /** Changes to an otherwise right cap, made before it is signed. */
  cap?: Partial<Record<keyof Cap, unknown>>;
  delegation?: Partial<Delegation>;
}

/** A cap as the broker would sign it for this session, and the delegation it was minted for. */
export async function mintTestCap(of: TestCapOptions): Promise<{ cap: string; delegation: string }> {
  const { session } = of;
  const delegation = await session.delegation(of.delegation);
  const now = of.clock.nowSeconds();
  const cap = {
    iss: "https://broker.test",
    aud: "agentkeys:creds-worker",
    jti: "cap-1",
    iat: now,
    exp: now + 300,
    operator_omni: session.operatorOmni,
    actor_omni: session.actorOmni,
    service: of.service ?? "openai",
    op: of.op,
    data_class: "credentials",
    device_key_hash: session.deviceKeyHash,
    k3_epoch: of.k3Epoch,
    dgh: delegationHash(delegation),
    cnf: { jkt: session.jkt },
    ...of.cap,
  };
  return { cap: await signCap(of.key, cap as Cap), delegation };
}
