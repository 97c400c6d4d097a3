import type { CapFacts, CapQuestion, ChainEvent, ChainReader, DeviceFacts } from "../chain/types.ts";
import { AgentKeysError } from "../errors/index.ts";
import type { Hex } from "../identity/index.ts";

type EventFields = Omit<ChainEvent, "blockNumber" | "blockHash" | "transactionHash" | "logIndex">;

/** A chain in memory with the contracts' rules for readers; each change is a block with its event. */
export class FakeChain implements ChainReader {
  readonly #devices = new Map<Hex, DeviceFacts>();
  readonly #actorOperators = new Map<Hex, Hex>();
  readonly #scopes = new Map<string, { services: Set<Hex>; readOnly: boolean }>();
  readonly #events: ChainEvent[] = [];
  #epoch = 1;
  #block = 1;
  /** When set, every read fails as an unreachable RPC would. */
  isDown = false;

  registerDevice(deviceKeyHash: Hex, device: Omit<DeviceFacts, "registeredAt" | "revoked">): void {
    this.#devices.set(deviceKeyHash, { ...device, registeredAt: 1, revoked: false });
    this.#actorOperators.set(device.actorOmni, device.operatorOmni);
    this.#emit({ kind: "DeviceRegistered", deviceKeyHash, operatorOmni: device.operatorOmni, actorOmni: device.actorOmni });
  }

  revokeDevice(deviceKeyHash: Hex): void {
    const device = this.#devices.get(deviceKeyHash);
    if (device === undefined) throw new TypeError("no such device");
    this.#devices.set(deviceKeyHash, { ...device, revoked: true });
    this.#emit({ kind: "DeviceRevoked", deviceKeyHash, operatorOmni: device.operatorOmni, actorOmni: device.actorOmni });
  }

  setScope(operatorOmni: Hex, actorOmni: Hex, services: Hex[], readOnly = false): void {
    this.#scopes.set(operatorOmni + actorOmni, { services: new Set(services), readOnly });
    this.#emit({ kind: "ScopeUpdated", operatorOmni, actorOmni });
  }

  revokeScope(operatorOmni: Hex, actorOmni: Hex): void {
    this.#scopes.delete(operatorOmni + actorOmni);
    this.#emit({ kind: "ScopeRevoked", operatorOmni, actorOmni });
  }

  advanceEpoch(): void {
    this.#epoch += 1;
    this.#emit({ kind: "K3Rotated", k3Epoch: this.#epoch });
  }

  capFacts(question: CapQuestion): Promise<CapFacts> {
    return this.#read(() => {
      const scope = this.#scopes.get(question.operatorOmni + question.actorOmni);
      return {
        device: this.#devices.get(question.deviceKeyHash) ?? null,
        actorOperator: this.#actorOperators.get(question.actorOmni) ?? null,
        inScope: scope?.services.has(question.serviceHash) ?? false,
        readOnly: scope?.readOnly ?? false,
        k3Epoch: this.#epoch,
        blockNumber: this.#block,
        blockTimestamp: this.#block,
      };
    });
  }

  currentEpoch(): Promise<number> {
    return this.#read(() => this.#epoch);
  }

  blockNumber(): Promise<number> {
    return this.#read(() => this.#block);
  }

  events(fromBlock: number, toBlock: number): Promise<ChainEvent[]> {
    return this.#read(() => this.#events.filter(({ blockNumber }) => blockNumber >= fromBlock && blockNumber <= toBlock));
  }

  close(): void {
    this.isDown = true;
  }

  #emit(fields: EventFields): void {
    this.#block += 1;
    this.#events.push({
      ...fields,
      blockNumber: this.#block,
      blockHash: `0x${this.#block}`,
      transactionHash: `0x${this.#block}`,
      logIndex: 0,
    });
  }

  #read<T>(answer: () => T): Promise<T> {
    return this.isDown
      ? Promise.reject(new AgentKeysError("chain_rpc_error", { detail: "fake chain is down" }))
      : Promise.resolve(answer());
  }
}
