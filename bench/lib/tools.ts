/** What the measurements stand on: Debian's nginx and wrk, and every peer as one bundle like the images'. */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { nodeOptions } from "../../hack/bundle-options.ts";
import type { Say } from "./rows.ts";

/** Programs and the Debian packages that hold them. */
const PROGRAMS = { nginx: "nginx-light", wrk: "wrk", openssl: "openssl", taskset: "util-linux" } as const;
const PEERS = new URL("../peers/", import.meta.url).pathname;

const isInstalled = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** Installs what is missing from Debian, and says so. */
export function installTools(say: Say): void {
  const missing = Object.entries(PROGRAMS).flatMap(([program, debian]) => (isInstalled(program) ? [] : [debian]));
  if (missing.length === 0) return;
  say(`installing ${missing.join(", ")} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "-qq"], { env, stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], { env, stdio: ["ignore", "ignore", "inherit"] });
}

/** Bundles the images' program and the peers: no process under measurement compiles TypeScript. */
export async function bundle(): Promise<void> {
  execFileSync(process.execPath, ["hack/bundle.js"], { stdio: "inherit" });
  await build({
    ...nodeOptions,
    entryPoints: readdirSync(PEERS)
      .filter((name) => name !== "nginx.ts")
      .map((name) => PEERS + name),
    outdir: "dist/bench",
  });
}

/** Path of a peer's bundle. */
export const peerFile = (name: string): string => `dist/bench/${name}.js`;
