import { noMoreWords, type CommandBody } from "../command.ts";
import { replaceWhole, workstationPaths } from "@agentkeys/common/workstation";
import { openWorkstation } from "../workstation/open.ts";
import { systemdUnit, unitPath } from "../workstation/unit.ts";

export const daemon: CommandBody = {
  operands: "",
  detail: `Listens on \`$XDG_RUNTIME_DIR/agentkeys-proxy.sock\` (else \`~/.agentkeys/agentkeys-proxy.sock\`) and on the port that \`daemon.toml\` names, and lets
processes use what \`policy.toml\` allows their uid and executable. Runs until SIGTERM. With --install-unit it writes a systemd user
unit that does, and ends.`,
  example: "agentkeys daemon --install-unit",
  options: {
    "install-unit": { type: "boolean", description: "write a systemd user unit instead of running" },
  },
  run: async (call) => {
    noMoreWords(call, 0);
    const { machine } = call;
    if (!call.flag("install-unit")) return await machine.runDaemon();
    openWorkstation(machine);
    const path = unitPath(machine.env, workstationPaths(machine.env).configDir);
    replaceWhole(path, systemdUnit([...machine.command, "daemon"]), machine.newId());
    call.answer({ unit: path }, { facts: { unit: path } });
    call.say(`next: systemctl --user daemon-reload && systemctl --user enable --now agentkeys`);
    return undefined;
  },
};
