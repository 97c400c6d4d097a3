/** The real cluster as the tests drive it: kubectl, helm and waiting with a deadline. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { homedir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export const CACHE = process.env["AGENTKEYS_CACHE"] ?? `${homedir()}/.cache/agentkeys/cluster`;
export const STATE = process.env["AGENTKEYS_STATE"] ?? "/var/lib/agentkeys-cluster";
export const KUBECONFIG = process.env["KUBECONFIG"] ?? `${STATE}/admin.kubeconfig`;
export const SYSTEM = "agentkeys-system";
/** Where the device keys stand. */
export const DEVICES = `${SYSTEM}-devices`;
export const env = { ...process.env, KUBECONFIG, PATH: `${CACHE}/bin:${process.env["PATH"] ?? ""}` };

/** Runs a program; rejects with its output when it fails. */
export function run(file: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { env, maxBuffer: 256 * 1024 * 1024 }, (fault, stdout, stderr) => {
      if (fault === null) resolve(stdout);
      else reject(new Error(`${file} ${args.slice(0, 6).join(" ")}: ${stderr || stdout || fault.message}`));
    });
    // A program that ends before it has read everything says by its exit code what was wrong.
    child.stdin?.on("error", () => undefined).end(input ?? "");
  });
}

export const kubectl = (...args: string[]): Promise<string> => run("kubectl", args);
export const kubectlInput = (input: string, ...args: string[]): Promise<string> => run("kubectl", args, input);
export const helm = (...args: string[]): Promise<string> => run("helm", args);
export const apply = (...objects: object[]): Promise<string> =>
  run("kubectl", ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));

export async function getJson<T = Record<string, never>>(...args: string[]): Promise<T> {
  return JSON.parse(await kubectl("get", ...args, "-o", "json")) as T;
}

/** Asks until `check` answers something; fails with the last reason after `seconds`. */
export async function eventually<T>(what: string, seconds: number, check: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last = "not yet";
  for (;;) {
    try {
      const answer = await check();
      if (answer !== undefined) return answer;
    } catch (fault) {
      last = fault instanceof Error ? fault.message : String(fault);
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s; last: ${last}`);
    await sleep(200);
  }
}

/** Forwards a port of a Service to this machine. */
export async function forward(namespace: string, target: string, port: number): Promise<{ port: number; close: () => void }> {
  const child: ChildProcess = spawn("kubectl", ["-n", namespace, "port-forward", target, `:${port}`], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const local = await new Promise<number>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const match = /127\.0\.0\.1:(\d+)/.exec(chunk.toString());
      if (match?.[1] !== undefined) resolve(Number(match[1]));
    });
    child.once("exit", () => reject(new Error(`port-forward to ${namespace}/${target} ended`)));
  });
  return { port: local, close: () => child.kill() };
}

/** A Service's URL, which this machine reaches as the cluster's only node. */
export async function serviceUrl(namespace: string, name: string, port: number): Promise<string> {
  const { spec } = await getJson<{ spec: { clusterIP: string } }>("service", name, "-n", namespace);
  return `http://${spec.clusterIP}:${port}`;
}

/** A Secret of the release's namespace. */
export const secretObject = (name: string, stringData: Record<string, string>): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: SYSTEM },
  stringData,
});

/**
 * Parts of a container that the tests stand on: it has its share of a machine on which everything else may start at once, and stays in
 * its Service from its first answer on.
 */
export const steady = (probe: object): object => ({
  resources: { requests: { cpu: "200m" } },
  startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
});

/** A namespace of the tests; by its label `make clean` knows what to remove. */
export const namespaceObject = (name: string, labels: Record<string, string> = {}): object => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels: { "e2e.agentkeys.io/made": "true", ...labels } },
});
