/**
 * The custom resources as TypeScript (group `agentkeys.io/v1alpha1`). Specs are generated from `crds/*.yaml`, the schema
 * users meet; statuses are ours to write. Types only: knows no client and no rule.
 */
import type { AgentKeysBindingSpec, AgentKeysServiceSpec } from "./generated/specs.ts";

export const VERSION = "v1alpha1";
export const API_VERSION = "agentkeys.io/v1alpha1";
export const BINDING_ANNOTATION = "agentkeys.io/binding";
export const INJECTED_ANNOTATION = "agentkeys.io/injected";
export const INJECTED_LABEL = "agentkeys.io/injected";
export const INJECT_LABEL = "agentkeys.io/inject";
export const RESYNC_ANNOTATION = "agentkeys.io/resync";
export const REVOKE_FINALIZER = "agentkeys.io/revoke";
export const FIELD_MANAGER = "agentkeys-operator";

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
}

/** Any object of the API server. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export type { AgentKeysBindingSpec, AgentKeysServiceSpec };
export type BindingServiceSpec = AgentKeysBindingSpec["services"][number];
export type BindingCaller = NonNullable<BindingServiceSpec["callers"]>[number];
export type BindingLimits = NonNullable<BindingServiceSpec["limits"]>;
export type ScopeManagement = NonNullable<NonNullable<AgentKeysBindingSpec["scope"]>["management"]>;

export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  lastTransitionTime: string;
  observedGeneration?: number;
}

export interface AgentKeysServiceStatus {
  observedGeneration?: number;
  presetVersion?: string;
  bindings?: number;
  conditions?: Condition[];
}

export interface AgentKeysService extends KubeObject {
  spec: AgentKeysServiceSpec;
  status?: AgentKeysServiceStatus;
}

export interface BindingServiceStatus {
  name: string;
  onChain: boolean;
  /** `Present`, `Missing`, `Failed` or `Unknown`. */
  credential: string;
  credentialVersion?: string;
  /** UTC day of the two figures, of a service with a daily budget: decimal texts of US dollars. */
  day?: string;
  spentUsd?: string;
  leftUsd?: string;
}

export interface TransactionStatus {
  hash: string;
  block: number;
  /** What it wrote: `RegisterDevice`, `SetScope`, `RevokeScope` or `RevokeDevice`. */
  action: string;
  explorer?: string;
}

/** A transaction that waits for the master wallet. */
export interface ProposalStatus {
  /** The same for the same transaction: Keccak-256 of chain, contract and calldata. */
  id: string;
  /** As in {@link TransactionStatus}, or `RegisterMaster`. */
  action: string;
  /** What the calldata does; `agentkeys apply` reads it from the calldata again. */
  words: string;
  chainId: number;
  to: string;
  data: string;
}

export interface AppliedScope {
  generation: number;
  scopeHash: string;
  /** Registration time of the device, Unix seconds: another value means another chain. */
  deviceRegisteredAt: number;
  resync?: string;
  transaction?: string;
}

export interface AgentKeysBindingStatus {
  observedGeneration?: number;
  /** Name of the actor: `spec.agent`, or the binding's own name. */
  agent?: string;
  /** Every service in one text: a printed column shows only the first element of a list. */
  serviceNames?: string;
  actorOmni?: string;
  operatorOmni?: string;
  deviceKeyHash?: string;
  services?: BindingServiceStatus[];
  /** Spent today on all services with a budget, and what the one that has least left has left. */
  spentUsd?: string;
  leftUsd?: string;
  pods?: { injected: number; ready: number; stale: number; staleNames?: string[] };
  transactions?: TransactionStatus[];
  /** What is to be signed, in this order; absent when there is nothing. */
  proposals?: ProposalStatus[];
  /** The last scope this operator wrote, so that a revocation by somebody else is not undone. */
  applied?: AppliedScope;
  conditions?: Condition[];
}

export interface AgentKeysBinding extends KubeObject {
  spec: AgentKeysBindingSpec;
  status?: AgentKeysBindingStatus;
}
