import type { Clock } from "@agentkeys/common/clock";
import type { Hex } from "@agentkeys/common/identity";
import type { Log } from "@agentkeys/common/log";
import type { ChainWriter, TransactionRef } from "../../chain/index.ts";
import type { SpendBook, Vault } from "../../credentials/index.ts";
import type { KubeApi, Recorder } from "../../kube/index.ts";
import type { Caches } from "../caches.ts";
import type { DeviceKeys } from "../device-keys.ts";

export interface Listed {
  atMs: number;
  generation: number;
  /** Versions by service name. */
  versions: Map<string, string>;
}

/** What the reconciler of bindings works with. */
export interface BindingContext {
  api: KubeApi;
  caches: Caches;
  chain: ChainWriter;
  keys: DeviceKeys;
  vault: Vault;
  spend: Pick<SpendBook, "of">;
  record: Recorder;
  clock: Clock;
  random: () => number;
  /** What the vault listed for a binding, so that a look caused by a pod does not ask again. */
  listed: Map<string, Listed>;
  /** Transactions that the chain's events named for a binding, until its next look. */
  seen: Map<string, TransactionRef[]>;
  /** The operator's own device while it is not on chain and nothing here may register it. */
  awaitedMaster: { deviceKeyHash: Hex | null };
  log: Log;
  /** Namespace of the release. */
  namespace: string;
  clusterName: string;
}
