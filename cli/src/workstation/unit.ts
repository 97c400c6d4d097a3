import { dirname, isAbsolute, join } from "node:path";

/** Where systemd looks for a person's own units: beside our folder. */
export function unitPath(env: Readonly<Record<string, string | undefined>>, configDir: string): string {
  const own = env["XDG_CONFIG_HOME"];
  const base = own !== undefined && isAbsolute(own) ? own : dirname(configDir);
  return join(base, "systemd", "user", "agentkeys.service");
}

/** One word of ExecStart (systemd.service(5)): quoted, with its own signs taken literally. */
function word(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
}

/** The unit that runs the daemon for as long as its owner is logged in. */
export function systemdUnit(command: readonly string[]): string {
  return `[Unit]
Description=AgentKeys: the proxy of this workstation
Documentation=man:systemd.service(5)

[Service]
ExecStart=${command.map(word).join(" ")}
Restart=on-failure
RestartSec=2
# Exit code 2: a file is wrong, and stays so until somebody mends it.
RestartPreventExitStatus=2
NoNewPrivileges=true
LimitCORE=0
UMask=0077

[Install]
WantedBy=default.target
`;
}
