import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AgentKeysError } from "../errors/index.ts";
import type { AuditStore } from "./index.ts";

const isMissing = (fault: unknown): boolean => (fault as { code?: unknown }).code === "ENOENT";
const fault = (cause: unknown): AgentKeysError => new AgentKeysError("audit_unavailable", { cause, message: "The folder cannot be read" });

/** A copy of the bucket, one file for each object. */
export function folderStore(folder: string): AuditStore {
  const at = (key: string): string => join(folder, ...key.split("/").filter((part) => part !== ".." && part !== "."));
  const entries = async (prefix: string): Promise<{ name: string; isFolder: boolean }[]> => {
    const found = await readdir(at(prefix), { withFileTypes: true }).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw fault(cause);
    });
    return found.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() })).sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  async function* list(prefix: string, after = ""): AsyncGenerator<string> {
    for (const { name, isFolder } of await entries(prefix))
      if (isFolder) yield* list(`${prefix}${name}/`, after);
      else if (`${prefix}${name}` > after) yield `${prefix}${name}`;
  }
  return {
    create: async (key, text) => {
      await mkdir(dirname(at(key)), { recursive: true });
      return writeFile(at(key), text, { flag: "wx" }).then(
        () => true,
        (cause: unknown) => {
          if ((cause as { code?: unknown }).code === "EEXIST") return false;
          throw fault(cause);
        },
      );
    },
    get: (key) =>
      readFile(at(key), "utf8").catch((cause: unknown) => {
        if (isMissing(cause)) return null;
        throw fault(cause);
      }),
    list,
    folders: async (prefix) => (await entries(prefix)).filter(({ isFolder }) => isFolder).map(({ name }) => name),
    close: () => undefined,
  };
}
