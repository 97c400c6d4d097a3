import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Session } from "../session/index.ts";
import { checkAnswer, type OwnPod } from "./check-answer.ts";
import type { Grant } from "./grant.ts";
import { refusal } from "./refusal.ts";

export interface OperatorEnrolDeps {
  client: HttpClient;
  clock: Clock;
  session: Session;
  operatorUrl: string;
  pod: OwnPod;
  /** Reads the projected token afresh: the kubelet rotates it. */
  readToken: () => string;
}

/** Trades the pod's projected token for a delegation and the binding's policy. Throws the operator's reason. */
export async function enrolWithOperator(deps: OperatorEnrolDeps): Promise<Grant> {
  const { client, clock, session, operatorUrl, pod } = deps;
  const url = `${operatorUrl}/v1/enroll`;
  const token = tokenOf(deps);
  const headers = { authorization: `Bearer ${token}`, dpop: session.proof("POST", url, token) };
  const { status, body } = await client.json("POST", url, { headers, body: { jwk: session.publicJwk } });
  if (status !== 200) throw refusal(status, body);
  const { answer, message } = checkAnswer(body, { jkt: session.jkt, pod, nowSeconds: clock.nowSeconds() });
  return { token: answer.delegation, message, binding: answer.binding };
}

function tokenOf({ readToken }: OperatorEnrolDeps): string {
  try {
    return readToken();
  } catch (cause) {
    const message = "The projected service account token cannot be read: check the pod's token volume";
    throw new AgentKeysError("unauthorized", { message, cause });
  }
}
