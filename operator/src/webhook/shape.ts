import { validator } from "@agentkeys/common/validator";
import type { RawPod } from "../proxy/index.ts";
import { checkPod } from "./generated/check-pod.ts";

const parse = validator<RawPod>(checkPod);

/** The pod of a review when the fields we read are of the kinds they must be; throws `invalid_input`. */
export function podOf(object: unknown): RawPod {
  return parse(object);
}
