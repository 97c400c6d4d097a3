import { usage, type Call, type CommandBody } from "../command.ts";
import { WALLET_VARIABLE } from "../machine.ts";
import { SidecarCredentialBackend, type CredentialBackend } from "../workstation/backend.ts";
import { openWorkstation } from "../workstation/open.ts";

export const exec: CommandBody = {
  operands: "[--credential-backend=sidecar|s3] -- <command> [argument…]",
  detail: `The child finds the variables of \`agentkeys env\`; its exit code is this command's, and signals reach it. The backend s3 is deprecated: it puts
the keys themselves into the child's environment, where the child and everything it starts can read and keep them.`,
  example: "agentkeys exec -- python agent.py",
  options: {
    "credential-backend": { type: "string", value: "<backend>", default: "sidecar", description: "sidecar, or s3 (deprecated)" },
  },
  run: async (call) => {
    if (call.words.length === 0) throw usage("Name the program to run after --, as in agentkeys exec -- python agent.py");
    const { variables, warnings } = await (await backendOf(call)).variables();
    for (const warning of warnings) call.say(warning);
    const own = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    // The master wallet decides over every agent: no program that runs under one may hold it.
    return await call.machine.runChild(call.words, { ...call.machine.env, [WALLET_VARIABLE]: undefined, ...own });
  },
};

async function backendOf(call: Call): Promise<CredentialBackend> {
  const name = call.text("credential-backend");
  if (name === "sidecar") return new SidecarCredentialBackend(openWorkstation(call.machine));
  if (name !== "s3") throw usage("--credential-backend is sidecar or s3");
  call.say(
    "WARNING: --credential-backend=s3 is deprecated. The real keys are now in this program's environment, out of reach of any revocation: use sidecar",
  );
  // Every program that is run waits for what is loaded here.
  const { S3CredentialBackend } = await import("../workstation/s3-backend.ts");
  return new S3CredentialBackend(call, openWorkstation(call.machine));
}
