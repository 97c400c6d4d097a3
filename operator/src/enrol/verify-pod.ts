import { AgentKeysError } from "@agentkeys/common/errors";
import { BINDING_ANNOTATION, INJECT_LABEL, INJECTED_LABEL, type KubeObject } from "../api/types.ts";
import { RESOURCES, type KubeApi } from "../kube/index.ts";
import { enrolProblem, TOKEN_AUDIENCE, type RawPodSpec } from "../proxy/index.ts";

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

interface TokenReview extends KubeObject {
  status?: { authenticated?: boolean; audiences?: string[]; user?: { username?: string; extra?: Record<string, string[]> } };
}
interface Pod extends KubeObject {
  spec?: RawPodSpec;
  status?: { phase?: string };
}

/** A live, injected pod whose own token was shown. */
export interface VerifiedPod {
  namespace: string;
  name: string;
  uid: string;
  serviceAccount: string;
  binding: string;
}

function refuse(message: string): AgentKeysError {
  return new AgentKeysError("enrol_refused", { message });
}

/** Proves by TokenReview and the live pod who is asking. Throws `unauthorized` or `enrol_refused`. */
export async function verifyPod(api: KubeApi, token: string): Promise<VerifiedPod> {
  const claims = await review(api, token);
  const pod = (await api.get(RESOURCES.pods, { namespace: claims.namespace, name: claims.pod })) as Pod | null;
  if (pod?.metadata.uid !== claims.podUid) throw refuse("The pod of this token no longer exists");
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined) throw refuse("The pod is being deleted");
  if (status?.phase === "Succeeded" || status?.phase === "Failed") throw refuse("The pod has ended");
  if ((spec?.serviceAccountName ?? "default") !== claims.serviceAccount)
    throw refuse("The token is of another service account than the pod");
  if (metadata.labels?.[INJECTED_LABEL] !== "true") throw refuse("The pod was not injected by the webhook");
  const binding = metadata.annotations?.[BINDING_ANNOTATION];
  if (binding === undefined) throw refuse(`The pod has no annotation ${BINDING_ANNOTATION}`);
  // Label and annotation are anybody's to write later on: what the pod is made of is not.
  if (metadata.annotations?.[INJECT_LABEL] === "false") throw refuse("The pod opted out of injection");
  const problem = enrolProblem(spec ?? {});
  if (problem !== null) throw refuse(problem);
  return { namespace: claims.namespace, name: claims.pod, uid: claims.podUid, serviceAccount: claims.serviceAccount, binding };
}

async function review(api: KubeApi, token: string): Promise<{ namespace: string; serviceAccount: string; pod: string; podUid: string }> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token, audiences: [TOKEN_AUDIENCE] } };
  const { status } = (await api.create(RESOURCES.tokenReviews, body)) as TokenReview;
  if (status?.authenticated !== true || status.audiences?.includes(TOKEN_AUDIENCE) !== true)
    throw new AgentKeysError("unauthorized", { detail: "token review refused" });
  const [, namespace, serviceAccount] = ACCOUNT.exec(status.user?.username ?? "") ?? [];
  const extra = (name: string): string | undefined => status.user?.extra?.[`authentication.kubernetes.io/${name}`]?.[0];
  const [pod, podUid] = [extra("pod-name"), extra("pod-uid")];
  if (namespace === undefined || serviceAccount === undefined || pod === undefined || podUid === undefined)
    throw new AgentKeysError("unauthorized", { detail: "the token is not bound to a pod" });
  return { namespace, serviceAccount, pod, podUid };
}
