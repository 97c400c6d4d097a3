import { isAbsolute, join } from "node:path";
import { AgentKeysError } from "../errors/index.ts";

/** Where everything of a workstation is. */
export interface WorkstationPaths {
  configDir: string;
  /** Who may use what. */
  policy: string;
  /** What the daemon is told; written by `agentkeys device register`. */
  daemon: string;
  trustBundle: string;
  /** Variables for shells. */
  env: string;
  /** K10. */
  deviceKey: string;
  socket: string;
  stateDir: string;
}

type Env = Readonly<Record<string, string | undefined>>;

function folder(env: Env, name: string, fallback: string): string {
  const value = env[name];
  return value !== undefined && isAbsolute(value) ? value : fallback;
}

/** From HOME and the XDG variables; one that is no absolute path counts as unset. Throws `config_invalid` without HOME. */
export function workstationPaths(env: Env): WorkstationPaths {
  const home = env["HOME"];
  if (home === undefined || !isAbsolute(home))
    throw new AgentKeysError("config_invalid", { message: "There is no place for keys and rules: set HOME" });
  const own = join(home, ".agentkeys");
  const configDir = join(folder(env, "XDG_CONFIG_HOME", join(home, ".config")), "agentkeys");
  return {
    configDir,
    policy: join(configDir, "policy.toml"),
    daemon: join(configDir, "daemon.toml"),
    trustBundle: join(configDir, "trust-bundle.pem"),
    env: join(configDir, "env"),
    deviceKey: join(own, "agent-device.key"),
    socket: join(folder(env, "XDG_RUNTIME_DIR", own), "agentkeys-proxy.sock"),
    stateDir: join(folder(env, "XDG_STATE_HOME", join(home, ".local", "state")), "agentkeys"),
  };
}
