/** The parts of a pod the webhook reads; everything else passes through untouched. */
export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: unknown;
}
export interface Container {
  name: string;
  ports?: { containerPort: number; name?: string }[];
  env?: EnvVar[];
  volumeMounts?: { name: string; mountPath: string }[];
  [field: string]: unknown;
}
export interface RawPod {
  metadata?: {
    name?: string;
    generateName?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: {
    containers?: Container[];
    initContainers?: Container[];
    volumes?: { name: string }[];
    serviceAccountName?: string;
    hostNetwork?: boolean;
    os?: { name?: string };
    nodeSelector?: Record<string, string>;
    [field: string]: unknown;
  };
}

/** RFC 6902 operation. */
export interface PatchOperation {
  op: "add" | "replace";
  path: string;
  value: unknown;
}

/** What the chart and the operator decide about every proxy. */
export interface InjectSettings {
  image: string;
  imagePullPolicy: string;
  version: string;
  operatorUrl: string;
  brokerUrl: string;
  workerUrl: string;
  /** CA certificates of our services, PEM. */
  trustBundle: string;
}

export const PROXY_CONTAINER = "agentkeys-proxy";
export const TOKEN_VOLUME = "agentkeys-token";
export const TOKEN_AUDIENCE = "agentkeys-enroll";
export const TOKEN_DIR = "/var/run/agentkeys";
export const ADMIN_PORT = 9091;
export const DEFAULT_PROXY_PORT = 9090;
