import type { AgentKeysBinding } from "../api/types.ts";
import { workloadEnv, workloadMounts, workloadPorts, workloadVolumes } from "./workload-api.ts";
import {
  ADMIN_PORT,
  ADMIN_PORT_NAME,
  DEFAULT_PROXY_PORT,
  PROXY_CONTAINER,
  STATE_DIR,
  STATE_VOLUME,
  TOKEN_AUDIENCE,
  TOKEN_DIR,
  TOKEN_VOLUME,
  type Container,
  type ProxySettings,
  type Volume,
} from "./types.ts";

const TOKEN_SECONDS = 3600;
const PROXY_UID = 65532;
/** The kubelet evicts a pod that exceeds it: what the proxy keeps is bounded well below. */
const STATE_LIMIT = "64Mi";
export const PLACEHOLDER_VARIABLE = "AGENTKEYS_SIDECAR_PLACEHOLDER";

/** The proxy as a native sidecar: an init container that stays (Kubernetes sidecar containers, stable in 1.33). */
export function proxyContainer(binding: AgentKeysBinding, placeholder: string, settings: ProxySettings): Container {
  const proxy = binding.spec.proxy ?? {};
  const probe = (path: string): object => ({ httpGet: { path, port: ADMIN_PORT } });
  const fromField = (fieldPath: string): object => ({ fieldRef: { fieldPath } });
  return {
    name: PROXY_CONTAINER,
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    args: ["sidecar"],
    restartPolicy: "Always",
    env: [
      { name: "AGENTKEYS_SIDECAR_LISTEN", value: String(proxy.port ?? DEFAULT_PROXY_PORT) },
      { name: "AGENTKEYS_SIDECAR_ADMIN_LISTEN", value: String(ADMIN_PORT) },
      { name: "AGENTKEYS_SIDECAR_OPERATOR_URL", value: settings.operatorUrl },
      { name: "AGENTKEYS_SIDECAR_BROKER_URL", value: settings.brokerUrl },
      { name: "AGENTKEYS_SIDECAR_WORKER_URL", value: settings.workerUrl },
      { name: "AGENTKEYS_SIDECAR_TRUST_BUNDLE", value: settings.trustBundle },
      { name: PLACEHOLDER_VARIABLE, value: placeholder },
      { name: "AGENTKEYS_SIDECAR_STATE_DIR", value: STATE_DIR },
      { name: "AGENTKEYS_SIDECAR_LOG_LEVEL", value: proxy.logLevel ?? "info" },
      { name: "POD_NAME", valueFrom: fromField("metadata.name") },
      { name: "POD_NAMESPACE", valueFrom: fromField("metadata.namespace") },
      ...workloadEnv(proxy.mtls),
    ],
    // Named, so that a PodMonitor finds it.
    ports: [{ name: ADMIN_PORT_NAME, containerPort: ADMIN_PORT, protocol: "TCP" }, ...workloadPorts(proxy.mtls)],
    startupProbe: { ...probe("/healthz"), periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...probe("/readyz"), periodSeconds: 5 },
    livenessProbe: { ...probe("/healthz"), periodSeconds: 10, failureThreshold: 6 },
    resources: proxy.resources ?? { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: PROXY_UID,
      runAsGroup: PROXY_UID,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: [
      { name: TOKEN_VOLUME, mountPath: TOKEN_DIR, readOnly: true },
      { name: STATE_VOLUME, mountPath: STATE_DIR },
      ...workloadMounts(proxy.mtls),
    ],
    terminationMessagePolicy: "FallbackToLogsOnError",
  };
}

/** What only the proxy mounts: its pod-bound token, what must outlive a restart of its container, and the Workload API if it has one. */
export function proxyVolumes(binding: AgentKeysBinding): Volume[] {
  return [tokenVolume(), { name: STATE_VOLUME, emptyDir: { sizeLimit: STATE_LIMIT } }, ...workloadVolumes(binding.spec.proxy?.mtls)];
}

function tokenVolume(): Volume {
  return {
    name: TOKEN_VOLUME,
    projected: {
      defaultMode: 0o444,
      sources: [{ serviceAccountToken: { path: "token", audience: TOKEN_AUDIENCE, expirationSeconds: TOKEN_SECONDS } }],
    },
  };
}
