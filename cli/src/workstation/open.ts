import { readFileSync } from "node:fs";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ResolvedService } from "@agentkeys/common/presets";
import {
  emptyPolicyFile,
  parseDaemonFile,
  parsePolicyFile,
  readGuarded,
  servicesOfPrograms,
  workstationPaths,
  type DaemonFile,
  type WorkstationPaths,
} from "@agentkeys/common/workstation";
import type { BoundActor } from "../kube/binding.ts";
import type { Machine } from "../machine.ts";

/** What the files of this workstation say. */
export interface Workstation {
  paths: WorkstationPaths;
  file: DaemonFile;
  /** Services that some rule about processes names. */
  services: ResolvedService[];
}

/** The daemon's file, or null before the first registration. */
export function readDaemonFile({ env, uid }: Pick<Machine, "env" | "uid">): DaemonFile | null {
  const { daemon } = workstationPaths(env);
  const bytes = readGuarded(daemon, { uid, as: "trusted", code: "config_invalid" });
  return bytes === null ? null : parseDaemonFile(bytes.toString("utf8"), daemon);
}

/** As {@link readDaemonFile}, but throws `config_invalid` when there is none. */
export function requireDaemonFile(machine: Pick<Machine, "env" | "uid">): DaemonFile {
  const file = readDaemonFile(machine);
  if (file !== null) return file;
  throw new AgentKeysError("config_invalid", {
    message: `There is no ${workstationPaths(machine.env).daemon}: run agentkeys device register`,
  });
}

/** The agent of this workstation, as credentials and scopes belong to it. */
export function workstationActor(machine: Pick<Machine, "env" | "uid">): BoundActor {
  const { actor, actor_omni: actorOmni, operator_omni: operatorOmni } = requireDaemonFile(machine);
  return { name: `workstation ${actor}`, actorOmni, operatorOmni, deviceKeyHash: undefined, services: [], readOnly: true };
}

/** Reads both files; throws `config_invalid` where one is missing, refused or wrong. */
export function openWorkstation(machine: Pick<Machine, "env" | "uid">): Workstation {
  const paths = workstationPaths(machine.env);
  const file = requireDaemonFile(machine);
  const bytes = readGuarded(paths.policy, { uid: machine.uid, as: "trusted", code: "config_invalid" });
  const policy = bytes === null ? emptyPolicyFile(paths.policy) : parsePolicyFile(bytes.toString("utf8"), paths.policy);
  return { paths, file, services: servicesOfPrograms(policy, { readText: (path) => readFileSync(path, "utf8") }) };
}

/** Where programs find the daemon; throws where it listens on its socket alone. */
export function proxyUrl({ file, paths }: Workstation): string {
  if (file.tcp_port !== 0) return `http://localhost:${file.tcp_port}`;
  throw new AgentKeysError("config_invalid", {
    message: `The daemon listens on ${paths.socket} alone, which variables cannot name: set tcp_port in ${paths.daemon}`,
  });
}
