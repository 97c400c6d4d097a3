import { close, constants, fstat, mkdirSync, open, readdirSync, readFileSync, write, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** A flat folder of small texts. What is there at the start is read at once; everything later waits for nobody. */
export interface SpoolFiles {
  list(): string[];
  readNow(name: string): string;
  /** Replaces a file before anything runs. */
  writeNow(name: string, text: string): void;
  read(name: string): Promise<string>;
  /** Adds to the end of a file; one call at a time. What a call that failed has written is written over by the next. */
  append(name: string, text: string): Promise<void>;
  /** Makes what was appended survive a loss of power. */
  sync(name: string): Promise<void>;
  /** The old or the new text is there afterwards, never a part of one. */
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
}

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const openFile = promisify(open);
const writeAt = promisify(write);
const closeFile = promisify(close);
const statOf = promisify(fstat);

interface OpenFile {
  readonly name: string;
  readonly descriptor: number;
  /** Bytes that are whole in it. */
  size: number;
}

/** The file that is appended to stays open: every few milliseconds some rows go there, and opening it took most of their time. */
class Appender {
  readonly #pathOf: (name: string) => string;
  #file: OpenFile | null = null;

  constructor(pathOf: (name: string) => string) {
    this.#pathOf = pathOf;
  }

  async append(name: string, text: string): Promise<void> {
    const file = this.#file?.name === name ? this.#file : await this.#open(name);
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await writeAt(file.descriptor, bytes, done, bytes.length - done, file.size + done);
      done += bytesWritten;
    }
    file.size += bytes.length;
  }

  /** Lets go of a file. */
  async leave(name: string): Promise<void> {
    const file = this.#file;
    if (file?.name !== name) return;
    this.#file = null;
    await closeFile(file.descriptor);
  }

  async #open(name: string): Promise<OpenFile> {
    if (this.#file !== null) await this.leave(this.#file.name);
    const descriptor = await openFile(this.#pathOf(name), constants.O_WRONLY | constants.O_CREAT, PRIVATE_FILE);
    const { size } = await statOf(descriptor);
    return (this.#file = { name, descriptor, size });
  }
}

/** A real folder, made when it is missing. Throws the system's error when it cannot be used. */
export function folderFiles(folder: string): SpoolFiles {
  mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER });
  const at = (name: string): string => join(folder, name);
  const appender = new Appender(at);
  return {
    list: () => readdirSync(folder).sort(),
    readNow: (name) => readFileSync(at(name), "utf8"),
    writeNow: (name, text) => writeFileSync(at(name), text, { mode: PRIVATE_FILE }),
    read: (name) => promises.readFile(at(name), "utf8"),
    append: (name, text) => appender.append(name, text),
    sync: async (name) => {
      const file = await promises.open(at(name), "r+");
      try {
        await file.datasync();
      } finally {
        await file.close();
      }
    },
    replace: async (name, text) => {
      const draft = at(`${name}.draft`);
      const file = await promises.open(draft, "w", PRIVATE_FILE);
      try {
        await file.writeFile(text);
        await file.datasync();
      } finally {
        await file.close();
      }
      await promises.rename(draft, at(name));
    },
    remove: async (name) => {
      await appender.leave(name);
      await promises.rm(at(name), { force: true });
    },
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
