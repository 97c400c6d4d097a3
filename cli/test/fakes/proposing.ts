import { randomBytes } from "node:crypto";
import { computeAddress } from "ethers";
import { deviceOf } from "@agentkeys/common/delegation";
import { actorOmni, actorPath, keyHex, operatorOmni, serviceHash, type Hex } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import type { Action } from "@agentkeys/contracts/calls";
import type { AgentKeysBinding } from "../../../operator/src/api/types.ts";
import { attestationOf, openChainWriter, popOf, type ChainWriter } from "../../../operator/src/chain/index.ts";
import { proposalsOf } from "../../../operator/src/controllers/binding/proposals.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import { aBinding } from "../../../operator/test/fakes/objects.ts";
import type { TestMachine } from "./machine.ts";

const SYSTEM = "agentkeys-system";
const CLUSTER = "test";

/** An installation whose operator has no wallet, on a real chain on which nothing of it is yet. */
export interface Proposing {
  local: Awaited<ReturnType<typeof startChain>>;
  chain: ChainWriter;
  masterDevice: Hex;
  /** Shows the installation to a machine; without bindings. */
  install: (machine: TestMachine) => void;
  /** A new binding that proposes its device and scope, as its operator writes it. */
  bind: (machine: TestMachine, name: string, services?: readonly string[]) => Promise<Bound>;
  stop: () => Promise<void>;
}
export interface Bound {
  binding: AgentKeysBinding;
  actor: Hex;
  device: Hex;
  /** Puts other proposals into its status. */
  propose: (machine: TestMachine, actions: readonly Action[], change?: (proposals: Record<string, unknown>[]) => unknown) => void;
  scope: Action;
}

/** Starts the chain; `explorerTxUrl` makes links of transactions. */
export async function startProposing(): Promise<Proposing> {
  const local = await startChain();
  const config = { ...local.config, profile: "lab", explorerTxUrl: "https://scan.example/tx/{hash}" };
  const address = computeAddress(keyHex(local.walletKey));
  const chain = openChainWriter(config, { address }, captureLog().log);
  const operator = operatorOmni(address);
  const masterDevice = deviceOf(Secret.of(randomBytes(32))).deviceKeyHash;
  const put = (machine: TestMachine, name: string, data: Record<string, string>): void =>
    machine.kubectl.put("configmap", { metadata: { namespace: SYSTEM, name }, data } as never);
  return {
    local,
    chain,
    masterDevice,
    install: (machine) => {
      put(machine, "agentkeys-chain", { "chain.json": JSON.stringify(config) });
      put(machine, "agentkeys-identity", { operatorOmni: operator, clusterName: CLUSTER, masterDevice });
    },
    bind: async (machine, name, services = ["openai"]) => {
      const who = { clusterName: CLUSTER, namespace: "team-a", agent: name };
      const actor = actorOmni({ ...who, operatorOmni: operator });
      const k10 = Secret.of(randomBytes(32));
      const { deviceKeyHash } = deviceOf(k10);
      const binding = aBinding({ services: services.map((service) => ({ name: service })) as [{ name: string }] }, { name });
      const own = { operatorOmni: operator, actorOmni: actor };
      const pop = await popOf(k10, { deviceKeyHash, ...own });
      const device: Action = { kind: "RegisterDevice", deviceKeyHash, ...own, attestation: attestationOf(actorPath(who)), pop };
      const scope: Action = { kind: "SetScope", ...own, services: services.map(serviceHash), readOnly: true };
      const propose: Bound["propose"] = (on, actions, change = (same) => same) => {
        const proposals = change(proposalsOf({ chain }, binding, actor, actions) as unknown as Record<string, unknown>[]);
        const status = { ...own, deviceKeyHash, proposals };
        on.kubectl.put("agentkeysbindings.agentkeys.io", { ...binding, status } as never);
      };
      propose(machine, [{ kind: "RegisterMaster", deviceKeyHash: masterDevice, operatorOmni: operator, roles: 7 }, device, scope]);
      return { binding, actor, device: deviceKeyHash, propose, scope };
    },
    stop: async () => {
      chain.close();
      await local.stop();
    },
  };
}
