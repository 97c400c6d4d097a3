import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/** A flat folder of small texts. What is there at the start is read at once; everything later waits for nobody. */
export interface SpoolFiles {
  list(): string[];
  readNow(name: string): string;
  /** Replaces a file before anything runs. */
  writeNow(name: string, text: string): void;
  read(name: string): Promise<string>;
  append(name: string, text: string): Promise<void>;
  /** Makes what was appended survive a loss of power. */
  sync(name: string): Promise<void>;
  /** The old or the new text is there afterwards, never a part of one. */
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** A real folder, made when it is missing. Throws the system's error when it cannot be used. */
export function folderFiles(folder: string): SpoolFiles {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  const at = (name: string): string => join(folder, name);
  return {
    list: () => readdirSync(folder).sort(),
    readNow: (name) => readFileSync(at(name), "utf8"),
    writeNow: (name, text) => writeFileSync(at(name), text, { mode: PRIVATE_FILE }),
    read: (name) => readFile(at(name), "utf8"),
    append: (name, text) => appendFile(at(name), text, { mode: PRIVATE_FILE }),
    sync: async (name) => {
      const file = await open(at(name), "r+");
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    replace: async (name, text) => {
      const draft = at(`${name}.draft`);
      const file = await open(draft, "w", PRIVATE_FILE);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(draft, at(name));
    },
    remove: (name) => rm(at(name), { force: true }),
  };
}

/** Nothing outlives the process. */
export function memoryFiles(): SpoolFiles {
  const texts = new Map<string, string>();
  const take = (name: string): string => texts.get(name) ?? "";
  return {
    list: () => [...texts.keys()].sort(),
    readNow: take,
    writeNow: (name, text) => void texts.set(name, text),
    read: (name) => Promise.resolve(take(name)),
    append: (name, text) => Promise.resolve(void texts.set(name, take(name) + text)),
    sync: () => Promise.resolve(),
    replace: (name, text) => Promise.resolve(void texts.set(name, text)),
    remove: (name) => Promise.resolve(void texts.delete(name)),
  };
}
