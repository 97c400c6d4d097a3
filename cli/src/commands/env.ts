import { envText, serviceVariables } from "@agentkeys/common/workstation";
import { noMoreWords, type CommandBody } from "../command.ts";
import { installEnv } from "../workstation/env-file.ts";
import { openWorkstation, proxyUrl } from "../workstation/open.ts";

export const env: CommandBody = {
  operands: "",
  detail: `Prints an address and a placeholder for each service that a rule of \`policy.toml\` names, under the names its SDKs read. No key is among them.
With --install they are written to \`~/.config/agentkeys/env\`, which one line in \`~/.bashrc\` and \`~/.zshrc\`, added once, makes every shell read;
the daemon writes them anew when the rules change.`,
  example: "agentkeys env --install",
  options: {
    install: { type: "boolean", description: "write the file and the line instead of printing" },
  },
  run: (call) => {
    noMoreWords(call, 0);
    const { machine } = call;
    const workstation = openWorkstation(machine);
    const { variables, warnings } = serviceVariables(workstation.services, {
      proxy: proxyUrl(workstation),
      placeholder: workstation.file.placeholder,
    });
    for (const warning of warnings) call.say(warning);
    if (call.flag("install")) {
      const files = installEnv(machine, workstation.paths.env, envText(variables));
      call.answer({ files }, { facts: { variables: workstation.paths.env, "read by": files.slice(1).join(", ") } });
    } else if (call.flag("json")) call.answer(Object.fromEntries(variables.map(({ name, value }) => [name, value])));
    else machine.stdout.write(envText(variables));
    return Promise.resolve(undefined);
  },
};
