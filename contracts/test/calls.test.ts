import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Interface } from "ethers";
import { operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { callId, decodeCall, encodeActions, wordsOf, type Action, type Call } from "../calls/index.ts";
import { SidecarRegistry } from "../generated/index.ts";

const address = (digit: string): string => `0x${digit.repeat(40)}`;
const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const contracts = { registry: address("a"), scope: address("b"), epoch: address("c"), lens: address("d"), audit: address("f") };
const chain = { chainId: 31337, contracts };
const own = operatorOmni(address("1"));
const target = { chain, operatorOmni: own };
const [actor, device] = [hex("2"), hex("3")];

const one = (action: Action): Call => encodeActions([action], chain)[0] ?? { chainId: 0, to: "", data: "" };
const revoke = one({ kind: "RevokeScope", operatorOmni: own, actorOmni: actor });

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => `0x${Buffer.from(bytes).toString("hex")}`);
const bytes = fc.uint8Array({ maxLength: 80 }).map((of) => `0x${Buffer.from(of).toString("hex")}`);
const anAction: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant("RegisterMaster" as const), deviceKeyHash: hex32, operatorOmni: fc.constant(own), roles: fc.nat(255) }),
  fc.record({
    kind: fc.constant("RegisterDevice" as const),
    deviceKeyHash: hex32,
    operatorOmni: fc.constant(own),
    actorOmni: hex32,
    attestation: bytes,
    pop: bytes,
  }),
  fc.record({
    kind: fc.constant("SetScope" as const),
    operatorOmni: fc.constant(own),
    actorOmni: hex32,
    services: fc.array(hex32, { maxLength: 5 }),
    readOnly: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("RevokeScope" as const), operatorOmni: fc.constant(own), actorOmni: hex32 }),
  fc.record({ kind: fc.constant("RevokeDevice" as const), deviceKeyHash: hex32 }),
  fc.record({ kind: fc.constant("SetAuditor" as const), operatorOmni: fc.constant(own), auditor: fc.constant(address("5")) }),
);

describe("a call of the master wallet", () => {
  test("says from its bytes alone what went into it, alone and together with others", () => {
    fc.assert(
      fc.property(fc.array(anAction, { minLength: 1, maxLength: 8 }), (actions) => {
        const calls = encodeActions(actions, chain);
        expect(calls.length).toBeLessThanOrEqual(actions.length);
        expect(calls.flatMap((call) => decodeCall(call, target))).toEqual(actions);
      }),
    );
  });

  test("neighbours of one kind share a call, others do not", () => {
    const scope: Action = { kind: "SetScope", operatorOmni: own, actorOmni: actor, services: [], readOnly: true };
    const end: Action = { kind: "RevokeDevice", deviceKeyHash: device };
    expect(encodeActions([scope, scope, end, end, scope], chain)).toHaveLength(4);
  });

  test("has a name of its own, whatever the case of its letters", () => {
    expect(callId({ ...revoke, to: revoke.to.toUpperCase().replace("0X", "0x") })).toBe(callId(revoke));
    expect(callId({ ...revoke, chainId: 1 })).not.toBe(callId(revoke));
  });

  const registry = new Interface(SidecarRegistry.abi);
  test.each<[string, Partial<Call>, RegExp]>([
    ["another chain", { chainId: 1 }, /is for chain 1, not 31337/],
    ["a contract that is not ours", { to: address("e") }, /no contract of this deployment/],
    ["a contract of ours that no wallet writes to", { to: contracts.lens }, /no contract of this deployment/],
    ["a function of another contract", { to: contracts.registry }, /a function that AgentKeys never calls/],
    ["a read", { to: contracts.registry, data: registry.encodeFunctionData("getDevice", [device]) }, /never calls/],
    ["an unknown function", { data: `0xdeadbeef${revoke.data.slice(10)}` }, /never calls/],
    ["no function", { data: "0x" }, /never calls/],
    ["half a byte", { data: `${revoke.data}0` }, /never calls/],
    ["no hex", { data: "revoke" }, /never calls/],
    ["bytes after its arguments", { data: `${revoke.data}00` }, /holds other bytes/],
    ["arguments cut short", { data: revoke.data.slice(0, -2) }, /malformed/],
    ["another operator", one({ kind: "RevokeScope", operatorOmni: hex("9"), actorOmni: actor }), /writes for operator 0x9+, not/],
    [
      "a batch of nothing",
      { to: contracts.registry, data: registry.encodeFunctionData("registerAgentDevices", [own, []]) },
      /does nothing/,
    ],
    [
      "a master device of another actor",
      { to: contracts.registry, data: registry.encodeFunctionData("registerMasterDevice", [device, own, actor, 1, "0x"]) },
      /never writes/,
    ],
  ])("with %s is refused", (_what, change, why) => {
    let fault: unknown;
    try {
      decodeCall({ ...revoke, ...change }, target);
    } catch (thrown) {
      fault = thrown;
    }
    expect(fault).toMatchObject({ code: "call_refused", publicMessage: expect.stringMatching(why) });
  });
});

describe("words", () => {
  const names = { agents: new Map([[actor, "team-a/research"]]), services: ["github", "openai"] };
  test.each<[Action, string]>([
    [
      { kind: "RegisterDevice", deviceKeyHash: device, operatorOmni: own, actorOmni: actor, attestation: "0x", pop: "0x" },
      `register device ${device} of agent team-a/research`,
    ],
    [
      { kind: "SetScope", operatorOmni: own, actorOmni: actor, services: [serviceHash("openai"), serviceHash("github")], readOnly: true },
      "let agent team-a/research use exactly openai, github (read-only)",
    ],
    [
      { kind: "SetScope", operatorOmni: own, actorOmni: hex("4"), services: [serviceHash("stripe")], readOnly: false },
      `let an unknown agent ${hex("4")} use exactly an unknown service ${serviceHash("stripe")} (it may also store and delete these credentials)`,
    ],
    [{ kind: "SetScope", operatorOmni: own, actorOmni: actor, services: [], readOnly: false }, "let agent team-a/research use nothing"],
    [{ kind: "RevokeScope", operatorOmni: own, actorOmni: actor }, "take every service from agent team-a/research"],
    [{ kind: "SetAuditor", operatorOmni: own, auditor: address("5") }, `let wallet ${address("5")} append audit roots for your operator`],
    [{ kind: "SetAuditor", operatorOmni: own, auditor: address("0") }, "let nobody append audit roots for your operator"],
    [{ kind: "RevokeDevice", deviceKeyHash: device }, `revoke device ${device} for good`],
    [
      { kind: "RegisterMaster", deviceKeyHash: device, operatorOmni: own, roles: 7 },
      `register device ${device} as a master device: it may store and delete credentials of every agent of your operator`,
    ],
  ])("of %j name only what the bytes hash to", (action, words) => {
    expect(wordsOf(action, names)).toBe(words);
  });
});
