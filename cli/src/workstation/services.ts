import { AgentKeysError } from "@agentkeys/common/errors";
import { createHttpClient, type HttpClient } from "@agentkeys/common/http-client";
import { dialOf, readGuarded, type DaemonFile } from "@agentkeys/common/workstation";
import type { Call } from "../command.ts";

/** Broker and creds-worker, and the client that reaches them. */
export interface OpenServices {
  http: HttpClient;
  brokerUrl: string;
  workerUrl: string;
}

/** The services that `daemon.toml` names. */
export function openNamedServices(call: Call, file: DaemonFile): OpenServices {
  const bundle = file.trust_bundle;
  const pem = bundle === undefined ? null : readGuarded(bundle, { uid: call.machine.uid, as: "trusted", code: "config_invalid" });
  if (bundle !== undefined && pem === null)
    throw new AgentKeysError("config_invalid", { message: `There is no ${bundle}: run agentkeys device register again` });
  const http = createHttpClient({ dial: dialOf(file), ...(pem === null ? {} : { caPem: pem.toString("utf8") }) });
  call.defer(() => http.close());
  return { brokerUrl: file.broker_url, workerUrl: file.worker_url, http };
}
