import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AgentKeysError } from "@agentkeys/common/errors";
import { startForward, type Forwarded } from "./forward.ts";

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** What kubectl's libraries log beside what it says itself. */
const LOG_LINE = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ .*(?:\n|$)/gm;
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
  /** Names of a Secret's entries: its values stay in kubectl. Null when it does not exist. */
  entries(of: { namespace: string; name: string; annotation: string }): Promise<SecretEntries | null>;
  /** JSON merge patch, given on standard input. With a `resourceVersion` that is not the newest it is `version_conflict`. */
  patch(kind: string, of: { namespace: string; name: string }, body: object): Promise<void>;
  versions(): Promise<{ client: string; server: string }>;
  /** Makes a port of a pod or Service reachable on this machine until it is closed. */
  forward(namespace: string, target: string, port: number): Promise<Forwarded>;
}

/** What may be known of a Secret without its values. */
export interface SecretEntries {
  resourceVersion: string;
  names: string[];
  /** Value of the annotation asked for; empty when there is none. */
  annotation: string;
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
  const output = async (args: readonly string[], input?: string): Promise<string | null> => {
    try {
      // What kubectl opens as a file must be a pipe, and Node's are sockets: a shell makes one.
      const [file, words] = input === undefined ? [binary, args] : ["sh", ["-c", 'cat | "$0" "$@"', binary, ...args]];
      const running = run(file, [...words], { maxBuffer: MAX_OUTPUT_BYTES, env: { ...env } });
      // A program that ends before it has read everything says by its exit code what was wrong.
      running.child.stdin?.on("error", () => undefined).end(input ?? "");
      return (await running).stdout;
    } catch (cause) {
      const words = ((cause as { stderr?: string }).stderr ?? "").trim();
      if (words.includes("(NotFound)")) return null;
      if (words.includes("(Conflict)")) throw new AgentKeysError("version_conflict", { detail: words, cause });
      throw new AgentKeysError("kube_api", { message: explained(cause, args, words), cause });
    }
  };
  const json = async <T>(args: readonly string[]): Promise<T | null> => {
    const text = await output(args);
    return text === null ? null : (JSON.parse(text) as T);
  };
  return {
    get: (kind, which) => json(argumentsOf(kind, which)),
    entries: async ({ namespace, name, annotation }) => {
      const marked = `{{with .metadata.annotations}}{{index . ${JSON.stringify(annotation)}}}{{end}}`;
      const template = `{{.metadata.resourceVersion}}\n${marked}\n{{range $name, $value := .data}}{{$name}} {{end}}`;
      const text = await output([...argumentsOf("secret", { namespace, name }).slice(0, -1), `go-template=${template}`]);
      if (text === null) return null;
      const [resourceVersion = "", value = "", names = ""] = text.split("\n");
      const found = value === "<no value>" ? "" : value;
      return { resourceVersion, annotation: found, names: names.split(" ").filter((entry) => entry !== "") };
    },
    patch: async (kind, which, body) => {
      const [, ...target] = argumentsOf(kind, which).slice(0, -2);
      const args = ["patch", ...target, "--type", "merge", "--patch-file", "/dev/stdin"];
      if ((await output(args, JSON.stringify(body))) === null)
        throw new AgentKeysError("not_found", { message: `There is no ${kind} ${which.namespace}/${which.name}` });
    },
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
  const said =
    words
      .replace(LOG_LINE, "")
      .trim()
      .replace(/[.?!]+$/, "") || "no words";
  return `kubectl ${args.slice(0, 3).join(" ")} failed: ${said}. Check kubectl config current-context and your rights`;
}
