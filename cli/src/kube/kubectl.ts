import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AgentKeysError } from "@agentkeys/common/errors";
import { startForward, type Forwarded } from "./forward.ts";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** DNS-1123 subdomain, as the API server names objects; nothing that kubectl could take for an option. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** One object, or with no name a list; without namespace a list is of all namespaces. */
export interface Which {
  namespace?: string;
  name?: string;
  /** Label selector of a list. */
  selector?: string;
}

/** The cluster as the user's own kubectl sees it: their context, their rights. Faults are `kube_api`. */
export interface Kubectl {
  /** Null when it does not exist. The shape is the caller's claim: every field may be missing. */
  get<T>(kind: string, which: Which): Promise<T | null>;
  versions(): Promise<{ client: string; server: string }>;
  /** Makes a port of a pod or Service reachable on this machine until it is closed. */
  forward(namespace: string, target: string, port: number): Promise<Forwarded>;
}

/** Whether a text can be the name of an object. */
export function isObjectName(text: string): boolean {
  return NAME.test(text);
}

function argumentsOf(kind: string, { namespace, name, selector }: Which): string[] {
  for (const text of [namespace, name])
    if (text !== undefined && !isObjectName(text))
      throw new AgentKeysError("invalid_input", { message: `${JSON.stringify(text.slice(0, 80))} cannot be the name of an object` });
  const where = namespace === undefined ? (name === undefined ? ["-A"] : []) : ["-n", namespace];
  const chosen = selector === undefined ? [] : ["-l", selector];
  return ["get", kind, ...(name === undefined ? [] : [name]), ...where, ...chosen, "-o", "json"];
}

/** Uses `kubectl` of the PATH, or the one the variable KUBECTL names. */
export function createKubectl(env: Readonly<Record<string, string | undefined>>, signal: AbortSignal): Kubectl {
  const binary = env["KUBECTL"] ?? "kubectl";
  const json = async <T>(args: readonly string[]): Promise<T | null> => {
    try {
      const { stdout } = await run(binary, [...args], { maxBuffer: MAX_OUTPUT_BYTES, env: { ...env } });
      return JSON.parse(stdout) as T;
    } catch (cause) {
      const words = ((cause as { stderr?: string }).stderr ?? "").trim();
      if (words.includes("(NotFound)")) return null;
      throw new AgentKeysError("kube_api", { message: explained(cause, args, words), cause });
    }
  };
  return {
    get: (kind, which) => json(argumentsOf(kind, which)),
    versions: async () => {
      const found = await json<{ clientVersion?: Version; serverVersion?: Version }>(["version", "-o", "json"]);
      return { client: found?.clientVersion?.gitVersion ?? "", server: found?.serverVersion?.gitVersion ?? "" };
    },
    forward: (namespace, target, port) => startForward({ binary, env, namespace, target, port, signal }),
  };
}

interface Version {
  gitVersion?: string;
}

function explained(cause: unknown, args: readonly string[], words: string): string {
  if ((cause as { code?: unknown }).code === "ENOENT")
    return "There is no kubectl on the PATH: install it, or name it in the variable KUBECTL";
  if (words.includes("doesn't have a resource type"))
    return "This cluster does not know AgentKeys: install the chart (helm install agentkeys charts/agentkeys -n agentkeys-system --create-namespace)";
  return `kubectl ${args.slice(0, 3).join(" ")} failed: ${words || "no words"}. Check kubectl config current-context and your rights`;
}
