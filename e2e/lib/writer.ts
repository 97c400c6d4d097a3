/**
 * Writes credentials and bindings one after the other and keeps what was acknowledged: a credential once the command that put it
 * has ended well, a binding once it is Ready. A write that fails is repeated; nothing is forgotten.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { apply, getJson, kubectl } from "./kube.ts";
import { agentkeys, agentkeysInput, TEAM_A } from "./world.ts";

export interface Writer {
  /** Number of the last acknowledged credential. */
  readonly credential: number;
  /** Names of acknowledged bindings. */
  readonly bindings: readonly string[];
  readonly faults: number;
  /** Ends after the write under way. */
  stop(): Promise<Writer>;
  remove(): Promise<void>;
}

interface Binding {
  status?: { conditions?: { type: string; status: string }[] };
}

const BINDING = "written";
const SECRET = "written-key";
const ROUND_MS = 250;
/** The key that is written as this number. */
export const writtenKey = (number: number): string => `sk-written-${number}`;

/** `written` gets its key by hand, the others import one. */
const binding = (name: string, credentialFrom?: object): object => ({
  apiVersion: "agentkeys.io/v1alpha1",
  kind: "AgentKeysBinding",
  metadata: { name, namespace: TEAM_A },
  spec: { services: [{ name: "openai", ...(credentialFrom === undefined ? {} : { credentialFrom }) }] },
});

/** Starts writing. */
export function createWriter(): Writer {
  const stopping = new AbortController();
  const state = { credential: 0, bindings: [] as string[], faults: 0 };
  const patiently = async <T>(step: () => Promise<T | undefined>): Promise<T | undefined> => {
    for (;;) {
      try {
        const answer = await step();
        if (answer !== undefined) return answer;
      } catch {
        state.faults += 1;
      }
      if (stopping.signal.aborted) return undefined;
      await sleep(ROUND_MS);
    }
  };
  const writeCredentials = async (): Promise<void> => {
    await agentkeys("init");
    await patiently(async () => (await apply(binding(BINDING))) || undefined);
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const put = await patiently(() =>
        agentkeysInput(writtenKey(number), "credential", "put", "openai", "--binding", `${TEAM_A}/${BINDING}`, "--evaluation"),
      );
      if (put === undefined) return;
      state.credential = number;
    }
  };
  const writeBindings = async (): Promise<void> => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: SECRET, namespace: TEAM_A }, stringData: { key: writtenKey(0) } };
    await patiently(async () => (await apply(secret)) || undefined);
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const name = `${BINDING}-${number}`;
      await patiently(async () => (await apply(binding(name, { secretRef: { name: SECRET, key: "key" } }))) || undefined);
      const isReady = await patiently(async () => {
        const { status } = await getJson<Binding>("akb", name, "-n", TEAM_A);
        return status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true || undefined;
      });
      if (isReady === undefined) return;
      state.bindings.push(name);
      await sleep(4 * ROUND_MS);
    }
  };

  const running = Promise.all([writeCredentials(), writeBindings()]);
  const writer: Writer = {
    get credential() {
      return state.credential;
    },
    get bindings() {
      return state.bindings;
    },
    get faults() {
      return state.faults;
    },
    stop: async () => {
      stopping.abort();
      await running;
      return writer;
    },
    remove: async () => {
      const names = (await kubectl("-n", TEAM_A, "get", "akb", "-o", "name")).split("\n").filter((name) => name.includes(`/${BINDING}`));
      await kubectl("-n", TEAM_A, "delete", ...names, "--timeout=60s");
    },
  };
  return writer;
}
