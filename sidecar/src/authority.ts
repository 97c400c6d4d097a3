/**
 * Who says what this proxy may do: in a pod the operator, on a workstation its owner's own files. Must not know the data path.
 */
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Clock } from "@agentkeys/common/clock";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import { enrolWithOperator, type Enrolment, type Grant, type OwnPod } from "./enrol/index.ts";
import type { ServerSentEvent } from "./events/sse.ts";
import { followStream } from "./events/stream.ts";
import type { PolicyStore } from "./policy-store.ts";
import type { Session } from "./session/index.ts";

/** What an authority is given by the control path. */
export interface AuthorityParts {
  client: HttpClient;
  clock: Clock;
  log: Log;
  random: () => number;
  session: Session;
  policy: PolicyStore;
}

export interface Authority {
  /** A delegation of the device to this session. Throws why there is none. */
  enrol(): Promise<Grant>;
  /** Tells every change of the policy until the signal. `tell` answers whether the update counts. */
  follow(of: { enrolment: Enrolment; tell: (update: PolicyUpdate) => boolean }, signal: AbortSignal): void;
}

export interface OperatorDeps {
  operatorUrl: string;
  pod: OwnPod;
  readToken: () => string;
}

/** The operator of a cluster: enrolment by the pod's token, policy by an event stream. */
export function operatorAuthority(deps: OperatorDeps, parts: AuthorityParts): Authority {
  const { policy, ...stream } = parts;
  return {
    enrol: () => enrolWithOperator({ ...parts, ...deps }),
    follow: ({ enrolment, tell }, signal) => {
      const onEvent = ({ event, data }: ServerSentEvent): boolean => {
        if (event === "heartbeat") return true;
        const update = event === "binding" ? policy.parse(data) : null;
        if (update === null) return false;
        if (!tell(update))
          throw new AgentKeysError("upstream_unreachable", { detail: "this replica's policy is of an earlier generation" });
        return true;
      };
      void followStream({ ...stream, enrolment, name: "policy", url: `${deps.operatorUrl}/v1/policy`, onEvent }, signal);
    },
  };
}
