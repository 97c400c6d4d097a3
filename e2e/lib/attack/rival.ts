/** Another operator on the same chain: own wallet, own devices, own scopes, and every wish to write into ours. */
import { AgentKeysScope, K3EpochCounter, SidecarRegistry } from "@agentkeys/contracts";
import { fundWithAnvil } from "@agentkeys/contracts/deploy";
import type { ChainConfig } from "@agentkeys/common/chain";
import { deviceOf } from "@agentkeys/common/delegation";
import { agentPopPayload, childOmniOfSegment, keyHex, operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { AbiCoder, Contract, getBytes, JsonRpcProvider, Network, Wallet, type InterfaceAbi } from "ethers";
import { randomBytes } from "node:crypto";
import type { Device } from "./loot.ts";

export interface Rival {
  operatorOmni: Hex;
  /** A call of our contracts from the rival's wallet; a revert throws with the error's name in its words. */
  send: (contract: "registry" | "scope" | "epoch", name: string, args: readonly unknown[]) => Promise<void>;
  /** A device key that nobody registered, with the actor its operator would derive for it. */
  newDevice: (label: string) => Device;
  /** Arguments of a registration, signed by the device. */
  registration: (device: Device, segments: readonly string[]) => Promise<unknown[]>;
  /** A registered agent device with a scope. */
  agent: (label: string, services: readonly string[]) => Promise<Device>;
  /** A registered master device with these roles. */
  masterDevice: (roles: number) => Promise<Device>;
  grant: (actor: Hex, services: readonly string[]) => Promise<void>;
  close: () => void;
}

/** Funds a fresh wallet on the development chain and registers it as an operator. */
export async function openRival(of: { chain: ChainConfig; rpcUrl: string }): Promise<Rival> {
  const { contracts, chainId } = of.chain;
  const options = { staticNetwork: Network.from(chainId), batchMaxCount: 1, pollingInterval: 50, cacheTimeout: -1 };
  const provider = new JsonRpcProvider(of.rpcUrl, chainId, options);
  const wallet = new Wallet(keyHex(Secret.of(randomBytes(32))), provider);
  await fundWithAnvil(of.rpcUrl, wallet.address);
  const own = operatorOmni(wallet.address);
  const bound = (address: string, artifact: { abi: unknown }): Contract => new Contract(address, artifact.abi as InterfaceAbi, wallet);
  const at = {
    registry: bound(contracts.registry, SidecarRegistry),
    scope: bound(contracts.scope, AgentKeysScope),
    epoch: bound(contracts.epoch, K3EpochCounter),
  };
  const send: Rival["send"] = async (contract, name, args) => {
    try {
      const sent = await at[contract].getFunction(name).send(...args);
      await sent.wait();
    } catch (fault) {
      const { data } = fault as { data?: string | null };
      const reason = typeof data === "string" ? at[contract].interface.parseError(data)?.name : undefined;
      throw reason === undefined ? fault : new Error(`reverted with ${reason}`, { cause: fault });
    }
  };
  const newDevice = (label: string): Device => {
    const k10 = Secret.of(randomBytes(32));
    return { k10, deviceKeyHash: deviceOf(k10).deviceKeyHash, operatorOmni: own, actorOmni: childOmniOfSegment(own, `${label}/0`) };
  };
  const registration: Rival["registration"] = async (device, segments) => {
    const pop = await new Wallet(keyHex(device.k10)).signMessage(getBytes(agentPopPayload(device)));
    const path = AbiCoder.defaultAbiCoder().encode(["string[]"], [segments]);
    return [device.deviceKeyHash, device.operatorOmni, device.actorOmni, path, pop];
  };
  const grant: Rival["grant"] = (actor, services) => send("scope", "setScope", [own, actor, services.map(serviceHash), false]);
  const masterDevice: Rival["masterDevice"] = async (roles) => {
    const device = { ...newDevice("unused"), actorOmni: own };
    await send("registry", "registerMasterDevice", [device.deviceKeyHash, own, own, roles, "0x"]);
    return device;
  };
  await masterDevice(1);
  return {
    operatorOmni: own,
    send,
    newDevice,
    registration,
    grant,
    masterDevice,
    agent: async (label, services) => {
      const device = newDevice(label);
      await send("registry", "registerAgentDevice", await registration(device, [`${label}/0`]));
      if (services.length > 0) await grant(device.actorOmni, services);
      return device;
    },
    close: () => provider.destroy(),
  };
}
