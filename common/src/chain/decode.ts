/** Strict decoding: what does not encode back to the very bytes received is a fault, so short, long or dirty words never pass. */
import { Interface, type Log as EvmLog } from "ethers";
import type { Hex } from "../identity/index.ts";
import { EVENT_ABI, LENS_ABI } from "./abi.ts";
import type { CapFacts, CapQuestion, ChainEvent } from "./types.ts";

const LENS = new Interface(LENS_ABI);
const EVENTS = new Interface(EVENT_ABI);
const LAST_EPOCH = 255;
const NOBODY: Hex = `0x${"0".repeat(64)}`;

interface LensAnswer {
  device: { operatorOmni: Hex; actorOmni: Hex; tier: bigint; roles: bigint; registeredAt: bigint; revoked: boolean };
  actorOperator: Hex;
  inScope: boolean;
  readOnly: boolean;
  epoch: bigint;
  blockNumber: bigint;
  blockTimestamp: bigint;
}

function decodeStrictly(abi: Interface, name: string, data: string): unknown {
  const result = abi.decodeFunctionResult(name, data);
  if (abi.encodeFunctionResult(name, result) !== data.toLowerCase()) throw new TypeError(`${name} answered other bytes than its type has`);
  return (result as unknown as unknown[])[0];
}

function whole(value: bigint, what: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new TypeError(`${what} is out of range`);
  return number;
}

function epochOf(value: bigint): number {
  const epoch = whole(value, "epoch");
  if (epoch < 1 || epoch > LAST_EPOCH) throw new TypeError("epoch is out of range");
  return epoch;
}

/** Call data of the lens for one cap question. */
export function encodeCapFacts(question: CapQuestion): string {
  return LENS.encodeFunctionData("capFacts", [question.deviceKeyHash, question.operatorOmni, question.actorOmni, question.serviceHash]);
}

/** The lens' answer; throws on anything but its exact words. */
export function decodeCapFacts(data: string): CapFacts {
  const facts = decodeStrictly(LENS, "capFacts", data) as LensAnswer;
  const { device } = facts;
  const registeredAt = whole(device.registeredAt, "registeredAt");
  const { operatorOmni, actorOmni, revoked } = device;
  const tier = Number(device.tier);
  const roles = Number(device.roles);
  return {
    device: registeredAt === 0 ? null : { operatorOmni, actorOmni, tier, roles, registeredAt, revoked },
    actorOperator: facts.actorOperator === NOBODY ? null : facts.actorOperator,
    inScope: facts.inScope,
    readOnly: facts.readOnly,
    k3Epoch: epochOf(facts.epoch),
    blockNumber: whole(facts.blockNumber, "blockNumber"),
    blockTimestamp: whole(facts.blockTimestamp, "blockTimestamp"),
  };
}

/** One log as an event, or null when it is of a kind readers do not know; throws when a known kind is malformed. */
export function decodeEvent(log: EvmLog): ChainEvent | null {
  const parsed = EVENTS.parseLog(log);
  if (parsed === null) return null;
  const { topics, data } = EVENTS.encodeEventLog(parsed.fragment, [...parsed.args] as unknown[]);
  if (data !== log.data || topics.join() !== log.topics.join()) throw new TypeError(`${parsed.name} holds other bytes than its type has`);
  const args = parsed.args.toObject() as Record<string, unknown>;
  const actor = (args["actorOmni"] ?? args["agentOmni"]) as Hex | undefined;
  const operator = args["operatorOmni"] as Hex | undefined;
  const device = args["deviceKeyHash"] as Hex | undefined;
  const epoch = args["newEpoch"] as bigint | undefined;
  return {
    kind: parsed.name as ChainEvent["kind"],
    ...(operator === undefined ? {} : { operatorOmni: operator }),
    ...(actor === undefined ? {} : { actorOmni: actor }),
    ...(device === undefined ? {} : { deviceKeyHash: device }),
    ...(epoch === undefined ? {} : { k3Epoch: epochOf(epoch) }),
    blockNumber: log.blockNumber,
    blockHash: log.blockHash,
    transactionHash: log.transactionHash,
    logIndex: log.index,
  };
}
