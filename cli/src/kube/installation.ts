import type { Kubectl } from "./kubectl.ts";

export interface DeploymentView {
  metadata: { name: string };
  spec?: {
    replicas?: number;
    selector?: { matchLabels?: Record<string, string> };
    template?: { spec?: { containers?: { image?: string }[] } };
  };
  status?: { readyReplicas?: number };
}

/** Our Deployments in the namespace of an installation. */
export async function deploymentsOf(kubectl: Kubectl, namespace: string): Promise<DeploymentView[]> {
  const list = await kubectl.get<{ items?: DeploymentView[] }>("deployments", { namespace });
  return (list?.items ?? []).filter(({ metadata }) => metadata.name.startsWith("agentkeys-"));
}

/** The image the installation runs: the operator's. */
export function imageOf(deployments: readonly DeploymentView[]): string | undefined {
  const operator = deployments.find(({ metadata }) => metadata.name === "agentkeys-operator");
  return operator?.spec?.template?.spec?.containers?.[0]?.image;
}

/** `major.minor` of a Kubernetes version as numbers; null when it is none. */
export function kubernetesVersion(text: string): { major: number; minor: number } | null {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined ? null : { major: Number(major), minor: Number(minor) };
}
