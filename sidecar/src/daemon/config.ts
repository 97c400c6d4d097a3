import { userInfo } from "node:os";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { ProcessContext } from "@agentkeys/common/lifecycle";
import { parseDaemonFile, readGuarded, workstationPaths, type DaemonFile, type WorkstationPaths } from "@agentkeys/common/workstation";

/** What the daemon is told: its file, and where everything else lies. */
export interface DaemonConfig {
  paths: WorkstationPaths;
  file: DaemonFile;
  /** Whose workstation it is: the daemon's own user. */
  uid: number;
}

/** Reads `daemon.toml`; throws `config_invalid`. There are no flags and no variables besides those that say where files are. */
export function readDaemonConfig({ argv, env }: Pick<ProcessContext, "argv" | "env">): Readonly<DaemonConfig> {
  const [flag] = argv.filter((word) => word !== "--print-config");
  if (flag !== undefined) throw new AgentKeysError("config_invalid", { message: `The daemon takes no ${flag}: it reads daemon.toml` });
  const paths = workstationPaths(env);
  const uid = process.getuid?.() ?? userInfo().uid;
  const bytes = readGuarded(paths.daemon, { uid, as: "trusted", code: "config_invalid" });
  if (bytes === null)
    throw new AgentKeysError("config_invalid", { message: `There is no ${paths.daemon}: run \`agentkeys device register\`` });
  return Object.freeze({ paths, uid, file: parseDaemonFile(bytes.toString("utf8"), paths.daemon) });
}
