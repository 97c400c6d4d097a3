/**
 * The custom resources as TypeScript (group `agentkeys.io/v1alpha1`); `crds/*.yaml` is the schema users meet.
 * Types only: knows no client and no rule.
 */
export const GROUP = "agentkeys.io";
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

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: "In" | "NotIn" | "Exists" | "DoesNotExist"; values?: string[] }[];
}

export interface ServiceAuthSpec {
  type: "bearer" | "header" | "basic" | "query" | "path";
  name?: string;
  format?: string;
}

export interface EnvTemplate {
  name: string;
  /** Text with `{proxy}`, `{service}` and `{placeholder}`. */
  value: string;
}

export interface AgentKeysServiceSpec {
  preset?: string;
  upstream?: string;
  auth?: ServiceAuthSpec;
  env?: EnvTemplate[];
  methods?: string[];
  paths?: string[];
  denyPaths?: string[];
  pathPrefix?: string;
  tls?: { caBundle: string };
  allowPrivateAddresses?: boolean;
  allowInsecure?: boolean;
  /** Absent or null: no namespace; `{}`: all. */
  allowedNamespaces?: LabelSelector | null;
  /** One key for all bindings; a Secret of the operator's namespace. */
  credentialFrom?: { secretRef: { name: string; key: string } };
}

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

export interface BindingLimits {
  requestsPerMinute?: number;
  requestsPerHour?: number;
  dailyUsd?: string;
  maxBodyBytes?: number;
  maxConcurrent?: number;
}

export interface BindingServiceSpec {
  name: string;
  methods?: string[];
  paths?: string[];
  limits?: BindingLimits;
  callers?: { uid: number; binaryPath?: string }[];
  /** A Secret of the binding's own namespace; imported into the vault when it changes, never mounted. */
  credentialFrom?: { secretRef: { name: string; key: string } };
}

export interface AgentKeysBindingSpec {
  agent?: string;
  services: BindingServiceSpec[];
  readOnly?: boolean;
  selector?: LabelSelector;
  serviceAccounts?: string[];
  scope?: { management?: "Sync" | "Propose" | "Observe" };
  proxy?: {
    port?: number;
    resources?: Record<string, unknown>;
    placeholder?: "Optional" | "Required";
    egress?: "Open" | "Locked";
    scrub?: boolean;
    logLevel?: string;
  };
  suspend?: boolean;
  deletionPolicy?: "Revoke" | "Retain";
}

export interface BindingServiceStatus {
  name: string;
  onChain: boolean;
  /** `Present`, `Missing`, `Failed` or `Unknown`. */
  credential: string;
  credentialVersion?: string;
}

export interface TransactionStatus {
  hash: string;
  block: number;
  /** What it wrote: `RegisterDevice`, `SetScope`, `RevokeScope` or `RevokeDevice`. */
  action: string;
  explorer?: string;
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
  actorOmni?: string;
  operatorOmni?: string;
  deviceKeyHash?: string;
  services?: BindingServiceStatus[];
  pods?: { injected: number; ready: number; stale: number; staleNames?: string[] };
  transactions?: TransactionStatus[];
  /** The last scope this operator wrote, so that a revocation by somebody else is not undone. */
  applied?: AppliedScope;
  conditions?: Condition[];
}

export interface AgentKeysBinding extends KubeObject {
  spec: AgentKeysBindingSpec;
  status?: AgentKeysBindingStatus;
}
