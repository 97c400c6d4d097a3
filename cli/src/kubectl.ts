import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AgentKeysError } from "@agentkeys/common/errors";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** The cluster as the user's own kubectl sees it: their context, their rights. */
export interface Kubectl {
  /** One object or list as JSON; null when it does not exist. */
  get(args: readonly string[]): Promise<Record<string, unknown> | null>;
}

/** Uses `kubectl` of the PATH; faults are `kube_api` with kubectl's own words. */
export function createKubectl(env: Readonly<Record<string, string | undefined>>): Kubectl {
  return {
    get: async (args) => {
      try {
        const { stdout } = await run(env["KUBECTL"] ?? "kubectl", ["get", ...args, "-o", "json"], {
          maxBuffer: MAX_OUTPUT_BYTES,
          env: { ...env },
        });
        return JSON.parse(stdout) as Record<string, unknown>;
      } catch (cause) {
        const words = (cause as { stderr?: string }).stderr ?? "";
        if (words.includes("(NotFound)")) return null;
        throw new AgentKeysError("kube_api", {
          message: `kubectl get ${args.join(" ")} failed: ${words.trim() || "is kubectl on the PATH?"}`,
          cause,
        });
      }
    },
  };
}
