/** The parts of a pod that are read; everything else passes through untouched. Encoders may write `null` for what is absent. */
export interface EnvVar {
  name: string;
  value?: string | null;
  valueFrom?: unknown;
}
export interface VolumeMount {
  name: string;
  mountPath: string;
  [field: string]: unknown;
}
export interface ContainerPort {
  containerPort: number;
  name?: string;
  protocol?: string;
}
export interface Container {
  name: string;
  ports?: ContainerPort[] | null;
  env?: EnvVar[] | null;
  volumeMounts?: VolumeMount[] | null;
  [field: string]: unknown;
}
export interface Volume {
  name: string;
  projected?: {
    sources?: { serviceAccountToken?: { audience?: string | null; [field: string]: unknown } | null }[] | null;
    [field: string]: unknown;
  } | null;
  [field: string]: unknown;
}
export interface RawPodSpec {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  ephemeralContainers?: Container[] | null;
  volumes?: Volume[] | null;
  serviceAccountName?: string | null;
  hostNetwork?: boolean | null;
  os?: { name?: string | null } | null;
  nodeSelector?: Record<string, string> | null;
  [field: string]: unknown;
}
export interface RawPod {
  metadata: {
    name?: string | null;
    namespace?: string | null;
    labels?: Record<string, string> | null;
    annotations?: Record<string, string> | null;
    [field: string]: unknown;
  };
  spec: RawPodSpec;
  [field: string]: unknown;
}

/** What the chart and the operator decide about every proxy. */
export interface ProxySettings {
  image: string;
  imagePullPolicy: string;
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
export const STATE_VOLUME = "agentkeys-state";
export const STATE_DIR = "/var/lib/agentkeys";
export const ADMIN_PORT = 9091;
export const ADMIN_PORT_NAME = "agentkeys-admin";
export const DEFAULT_PROXY_PORT = 9090;
/** Where the SPIFFE Workload API is mounted, in the proxy of a binding with a port for workloads. */
export const WORKLOAD_API_VOLUME = "agentkeys-workload-api";
export const WORKLOAD_API_DIR = "/spiffe-workload-api";
export const DEFAULT_MTLS_PORT = 9443;
