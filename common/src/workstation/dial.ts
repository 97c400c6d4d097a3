import type { DaemonFile } from "./daemon-file.ts";

/** Where services are dialled instead of at their own addresses, as HTTP clients take it. */
export function dialOf({ dial }: Pick<DaemonFile, "dial">): Record<string, { hostname: string; port: number }> {
  const entries = Object.entries(dial).map(([name, to]) => {
    const at = to.lastIndexOf(":");
    return [name, { hostname: to.slice(0, at), port: Number(to.slice(at + 1)) }] as const;
  });
  return Object.fromEntries(entries);
}
