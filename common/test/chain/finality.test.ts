import { describe, expect, test } from "@jest/globals";
import { combineFinality, type CapFacts, type DeviceFacts } from "@agentkeys/common/chain";
import type { Hex } from "@agentkeys/common/identity";

const hexOf = (digit: string): Hex => `0x${digit.repeat(64)}`;
const device: DeviceFacts = {
  operatorOmni: hexOf("a"),
  actorOmni: hexOf("b"),
  tier: 2,
  roles: 1,
  registeredAt: 42,
  revoked: false,
};
const granted: CapFacts = {
  device,
  actorOperator: hexOf("a"),
  inScope: true,
  readOnly: false,
  k3Epoch: 3,
  blockNumber: 100,
  blockTimestamp: 1000,
};

const devices = { none: null, active: device, revoked: { ...device, revoked: true } };
type DeviceState = keyof typeof devices;
const states = Object.keys(devices) as DeviceState[];
const flags = [true, false];

/** What the two views come to, said in words instead of computed. */
const expectedDevice: Record<DeviceState, Record<DeviceState, DeviceState>> = {
  none: { none: "none", active: "none", revoked: "none" },
  active: { none: "none", active: "active", revoked: "revoked" },
  revoked: { none: "none", active: "revoked", revoked: "revoked" },
};

describe("a grant counts only at both views, a revocation at either", () => {
  test.each(states.flatMap((latest) => states.map((final) => [latest, final] as const)))(
    "device %s at latest and %s at the tag",
    (latest, final) => {
      const combined = combineFinality({ ...granted, device: devices[latest] }, { ...granted, device: devices[final] });
      expect(combined.device).toEqual(devices[expectedDevice[latest][final]]);
    },
  );

  test.each(flags.flatMap((latest) => flags.map((final) => [latest, final, latest && final] as const)))(
    "in scope %s at latest and %s at the tag is %s",
    (latest, final, expected) => {
      expect(combineFinality({ ...granted, inScope: latest }, { ...granted, inScope: final }).inScope).toBe(expected);
    },
  );

  test.each(flags.flatMap((latest) => flags.map((final) => [latest, final, latest || final] as const)))(
    "read-only %s at latest and %s at the tag is %s",
    (latest, final, expected) => {
      expect(combineFinality({ ...granted, readOnly: latest }, { ...granted, readOnly: final }).readOnly).toBe(expected);
    },
  );

  test.each<[Hex | null, Hex | null, Hex | null]>([
    [hexOf("a"), hexOf("a"), hexOf("a")],
    [hexOf("a"), null, null],
    [null, hexOf("a"), null],
    [hexOf("a"), hexOf("c"), null],
    [null, null, null],
  ])("an actor's operator %s at latest and %s at the tag is %s", (latest, final, expected) => {
    expect(combineFinality({ ...granted, actorOperator: latest }, { ...granted, actorOperator: final }).actorOperator).toBe(expected);
  });

  test("roles are those of both views", () => {
    const withRoles = (roles: number): CapFacts => ({ ...granted, device: { ...device, roles } });
    for (let latest = 0; latest < 8; latest += 1)
      for (let final = 0; final < 8; final += 1)
        expect(combineFinality(withRoles(latest), withRoles(final)).device?.roles).toBe(latest & final);
  });

  test.each<[string, Partial<DeviceFacts>]>([
    ["operator", { operatorOmni: hexOf("c") }],
    ["actor", { actorOmni: hexOf("c") }],
    ["tier", { tier: 1 }],
  ])("a device of another %s at the tag is not registered yet", (_name, change) => {
    expect(combineFinality(granted, { ...granted, device: { ...device, ...change } }).device).toBeNull();
  });

  test("epoch and block are those of latest", () => {
    const final = { ...granted, k3Epoch: 2, blockNumber: 36, blockTimestamp: 900 };
    expect(combineFinality(granted, final)).toEqual(granted);
  });
});
