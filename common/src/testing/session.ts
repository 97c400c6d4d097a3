import { signDelegation, thumbprintToHex, deviceOf, type Delegation } from "../delegation/index.ts";
import { createProof } from "../dpop/index.ts";
import { actorOmni, operatorOmni, serviceHash, type Hex } from "../identity/index.ts";
import { generateSigningKey, thumbprint, type SigningKey } from "../jose/index.ts";
import { Secret } from "../secret/index.ts";
import type { FakeChain } from "./fake-chain.ts";
import type { FakeClock } from "./clock.ts";

export const TEST_DOMAIN = { chainId: 31337, registry: "0x5fbdb2315678afecb367f032d93f642f64180aa3" };
const MASTER_WALLET = "0x1111111111111111111111111111111111111111";

/** A pod's session as tests need it: a device on the fake chain, a delegation and proofs by the session key. */
export interface TestSession {
  operatorOmni: Hex;
  actorOmni: Hex;
  deviceKeyHash: Hex;
  key: SigningKey;
  jkt: string;
  delegation: (change?: Partial<Delegation>) => Promise<string>;
  /** Headers of a call with `token` as its access token. */
  proof: (method: string, url: string, token: string) => Promise<string>;
}

let proofs = 0;

/** Registers an agent device for `agent` and grants it `services`. */
export async function createTestSession(of: {
  chain: FakeChain;
  clock: FakeClock;
  agent: string;
  services: string[];
  deviceByte: number;
  tier?: number;
  roles?: number;
}): Promise<TestSession> {
  const { clock, chain } = of;
  const k10 = Secret.of(Buffer.alloc(32, of.deviceByte));
  const operator = operatorOmni(MASTER_WALLET);
  const actor = of.tier === 1 ? operator : actorOmni({ operatorOmni: operator, clusterName: "c", namespace: "team-a", agent: of.agent });
  const { deviceKeyHash } = deviceOf(k10);
  const key = await generateSigningKey();
  const jkt = thumbprint(key.publicJwk);
  const hashes = of.services.map(serviceHash);
  chain.registerDevice(deviceKeyHash, { operatorOmni: operator, actorOmni: actor, tier: of.tier ?? 2, roles: of.roles ?? 1 });
  if (hashes.length > 0) chain.setScope(operator, actor, hashes);
  return {
    operatorOmni: operator,
    actorOmni: actor,
    deviceKeyHash,
    key,
    jkt,
    delegation: (change = {}) =>
      signDelegation(k10, TEST_DOMAIN, {
        deviceKeyHash,
        operatorOmni: operator,
        actorOmni: actor,
        sessionThumbprint: thumbprintToHex(jkt),
        services: hashes,
        readOnly: false,
        namespace: "team-a",
        serviceAccount: "default",
        pod: "pod-1",
        podUid: "uid-1",
        issuedAt: clock.nowSeconds(),
        expiresAt: clock.nowSeconds() + 900,
        ...change,
      }),
    proof: (method, url, token) =>
      createProof(key, { method, url, nowSeconds: clock.nowSeconds(), jti: `test-proof-${++proofs}`, accessToken: token }),
  };
}
