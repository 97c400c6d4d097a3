/**
 * Where K3 of each epoch is kept: a Secret of the cluster, or a folder. Keys are added and removed, never read: what this process
 * did not make it does not see. Must not know chain or signers.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Secret } from "@agentkeys/common/secret";
import { createWhole, replaceWhole } from "../home.ts";
import type { Kubectl } from "../kube/kubectl.ts";

/** What is kept, and which rotation is under way. */
export interface Kept {
  epochs: readonly number[];
  /** Epoch of a rotation that was begun and not ended; null when there is none. */
  rotatingTo: number | null;
}

export interface K3Store {
  /** For people. */
  name: string;
  read(): Promise<Kept>;
  /** Adds a key and notes the rotation in one step; an epoch that has a key is `version_conflict`. */
  add(epoch: number, key: Secret): Promise<void>;
  /** Notes a rotation to a key that is there, or with null that none is under way. */
  mark(rotatingTo: number | null): Promise<void>;
  remove(epoch: number): Promise<void>;
}

const ANNOTATION = "agentkeys.io/k3-rotating-to";
const MARK_FILE = ".rotating-to";
const epochsOf = (names: readonly string[]): number[] =>
  names
    .filter((name) => /^[1-9]\d{0,2}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
const markOf = (text: string): number | null => (/^[1-9]\d{0,2}$/.test(text.trim()) ? Number(text) : null);
const taken = (epoch: number, where: string): AgentKeysError =>
  new AgentKeysError("version_conflict", { message: `${where} has a key ${epoch} already: it is never replaced` });

/** Keys in a Secret that the signer mounts. Each change is conditional on what was read. */
export function secretStore(kubectl: Kubectl, of: { namespace: string; name: string }): K3Store {
  const name = `Secret ${of.namespace}/${of.name}`;
  const entries = async (): ReturnType<Kubectl["entries"]> => await kubectl.entries({ ...of, annotation: ANNOTATION });
  const change = async (make: (names: readonly string[]) => object): Promise<void> => {
    const found = await entries();
    if (found === null) throw new AgentKeysError("not_found", { message: `There is no ${name}` });
    const { metadata = {}, ...rest } = make(found.names) as { metadata?: object };
    await kubectl.patch("secret", of, { ...rest, metadata: { ...metadata, resourceVersion: found.resourceVersion } });
  };
  const marking = (to: number | null): object => ({ annotations: { [ANNOTATION]: to === null ? null : String(to) } });
  return {
    name,
    read: async () => {
      const found = await entries();
      if (found === null) throw new AgentKeysError("not_found", { message: `There is no ${name}: name the installation with -n` });
      return { epochs: epochsOf(found.names), rotatingTo: markOf(found.annotation) };
    },
    add: (epoch, key) =>
      change((names) => {
        if (names.includes(String(epoch))) throw taken(epoch, name);
        return { metadata: marking(epoch), data: { [String(epoch)]: key.revealBytes().toString("base64") } };
      }),
    mark: (to) => change(() => ({ metadata: marking(to) })),
    remove: (epoch) => change(() => ({ data: { [String(epoch)]: null } })),
  };
}

/** Keys in a folder that the signer reads. */
export function folderStore(dir: string, newId: () => string): K3Store {
  const temporary = (): string => join(dir, `.${newId()}`);
  const mark = async (to: number | null): Promise<void> => {
    if (to === null) await rm(join(dir, MARK_FILE), { force: true });
    else replaceWhole(join(dir, MARK_FILE), temporary(), `${to}\n`, 0o600);
  };
  const names = async (): Promise<string[]> => {
    try {
      return await readdir(dir);
    } catch (cause) {
      throw new AgentKeysError("config_invalid", { message: `${dir} cannot be read: give the signer's k3Dir`, cause });
    }
  };
  return {
    name: dir,
    read: async () => {
      const found = await names();
      const rotatingTo = found.includes(MARK_FILE) ? markOf(await readFile(join(dir, MARK_FILE), "utf8")) : null;
      return { epochs: epochsOf(found), rotatingTo };
    },
    add: async (epoch, key) => {
      if ((await names()).includes(String(epoch))) throw taken(epoch, dir);
      // The note first: a key without a note would look like somebody else's.
      await mark(epoch);
      createWhole(join(dir, String(epoch)), temporary(), key.revealBytes(), 0o600);
    },
    mark,
    remove: (epoch) => rm(join(dir, String(epoch)), { force: true }),
  };
}
