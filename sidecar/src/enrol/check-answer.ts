import { decodeDelegation, thumbprintToHex, type Delegation } from "@agentkeys/common/delegation-token";
import { AgentKeysError } from "@agentkeys/common/errors";
import { validator } from "@agentkeys/common/validator";
import type { EnrollAnswer } from "@agentkeys/common/wire";
import { checkEnrollAnswer } from "@agentkeys/common/wire-checks";

const MAX_LIFE_SECONDS = 900;

/** The pod this sidecar runs in, as the kubelet says; empty where nobody said. */
export interface OwnPod {
  name: string;
  namespace: string;
}

export interface CheckedAnswer {
  answer: EnrollAnswer;
  message: Delegation;
}

const refuse = (detail: string, cause?: unknown): AgentKeysError =>
  new AgentKeysError("unauthorized", { message: "The operator's answer to the enrolment was refused: see the proxy's log", detail, cause });

const parse = validator<EnrollAnswer>(checkEnrollAnswer);

function parseAnswer(body: unknown): EnrollAnswer {
  try {
    return parse(body);
  } catch (cause) {
    throw refuse("not an enrolment answer", cause);
  }
}

/** The whole answer or none of it: shape, and that it is for our own key and pod. Throws `unauthorized`. */
export function checkAnswer(body: unknown, of: { jkt: string; pod: OwnPod; nowSeconds: number }): CheckedAnswer {
  const answer = parseAnswer(body);
  const { message } = decodeDelegation(answer.delegation);
  const { policy, version } = answer.binding;
  if (message.sessionThumbprint !== thumbprintToHex(of.jkt)) throw refuse("the delegation is for another session");
  if (of.pod.name !== "" && message.pod !== of.pod.name) throw refuse("the delegation is for another pod");
  if (of.pod.namespace !== "" && message.namespace !== of.pod.namespace) throw refuse("the delegation is for another namespace");
  if (message.expiresAt <= of.nowSeconds) throw refuse("the delegation has ended: compare the clocks");
  if (message.expiresAt - message.issuedAt > MAX_LIFE_SECONDS) throw refuse("the delegation lives too long");
  const isSame = (["operatorOmni", "actorOmni", "deviceKeyHash"] as const).every((name) => policy[name] === message[name]);
  if (!isSame || policy.version !== version) throw refuse("delegation and policy are of different bindings");
  return { answer, message };
}
