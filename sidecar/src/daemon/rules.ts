/** `policy.toml` as the daemon holds it. Must not know sockets, or who asks. */
import { readFileSync, realpathSync } from "node:fs";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { BindingPolicy } from "@agentkeys/common/wire";
import {
  buildWorkstationPolicy,
  emptyPolicyFile,
  envText,
  parsePolicyFile,
  readGuarded,
  replaceWhole,
  servicesOfPrograms,
  serviceVariables,
  type PolicyFile,
  type PolicyMachine,
  type WorkstationIdentity,
} from "@agentkeys/common/workstation";
import { compilePolicy } from "../policy/index.ts";
import type { DaemonConfig } from "./config.ts";

export interface RulesDeps {
  config: Readonly<DaemonConfig>;
  identity: WorkstationIdentity;
  log: Log;
  newId: () => string;
}

export interface Rules {
  /** What was read last and is not refused. */
  current(): BindingPolicy;
  /** Reads the file again. Throws `config_invalid` for one that is refused: what was read before stays. */
  load(): BindingPolicy;
  /** Whether a rule about this uid names an executable. */
  asksForBinary(uid: number): boolean;
  /** Writes the variables of shells anew when the rules say others, where `agentkeys env --install` has made their file. */
  tellShells(): void;
}

const machine: PolicyMachine = { readText: (path) => readFileSync(path, "utf8"), realpath: (path) => realpathSync(path) };

function readRules({ config: { file, paths, uid }, log }: RulesDeps): PolicyFile {
  const bytes = readGuarded(paths.policy, { uid, as: "trusted", code: "config_invalid" });
  if (bytes === null) log.warn("there is no policy file: nobody may use anything", { path: paths.policy });
  const rules = bytes === null ? emptyPolicyFile(paths.policy) : parsePolicyFile(bytes.toString("utf8"), paths.policy);
  if (rules.workload.length > 0 && file.mtls === undefined)
    log.warn("rules name workloads, but there is no port for them: daemon.toml lacks [mtls]", { path: paths.policy });
  return rules;
}

/** Whether the file was there and said something else. */
function writeVariables(rules: PolicyFile, { config: { file, paths, uid }, newId }: RulesDeps): boolean {
  // Variables cannot name a socket.
  if (file.tcp_port === 0) return false;
  const known = readGuarded(paths.env, { uid, as: "trusted", code: "config_invalid" });
  const of = { proxy: `http://localhost:${file.tcp_port}`, placeholder: file.placeholder };
  const text = envText(serviceVariables(servicesOfPrograms(rules, machine), of).variables);
  if (known === null || known.toString("utf8") === text) return false;
  replaceWhole(paths.env, text, newId());
  return true;
}

/** Reads the file for the first time; throws `config_invalid`. */
export function openRules(deps: RulesDeps): Rules {
  const { config, identity, log } = deps;
  const read = (): { rules: PolicyFile; policy: BindingPolicy } => {
    const rules = readRules(deps);
    const policy = buildWorkstationPolicy(rules, identity, machine);
    compilePolicy(policy);
    return { rules, policy };
  };
  let held = read();
  const tellShells = (): void => {
    const { env: path } = config.paths;
    try {
      if (writeVariables(held.rules, deps)) log.info("variables of shells written", { path });
    } catch (fault) {
      log.warn("variables of shells cannot be written", {
        path,
        why: fault instanceof AgentKeysError ? fault.publicMessage : String(fault),
      });
    }
  };
  return {
    current: () => held.policy,
    load: () => {
      held = read();
      tellShells();
      return held.policy;
    },
    asksForBinary: (uid) =>
      held.policy.services.some(({ callers = [] }) =>
        callers.some((caller) => "uid" in caller && caller.uid === uid && caller.binaryPath !== undefined),
      ),
    tellShells,
  };
}
