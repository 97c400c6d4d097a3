/**
 * The steps of a rotation in their order, each looked at anew at every start, so that it may be interrupted at any point and begun
 * again. Must not know Kubernetes, files or RPCs.
 */
import type { Clock } from "@agentkeys/common/clock";
import { MAX_EPOCH } from "@agentkeys/common/envelope";
import { AgentKeysError } from "@agentkeys/common/errors";
import { Secret } from "@agentkeys/common/secret";
import type { K3Store } from "./keys.ts";
import type { SignerFleet, SignerView } from "./signers.ts";

export interface RotationDeps {
  store: K3Store;
  fleet: SignerFleet;
  counter: { current(): Promise<number>; advance(from: number): Promise<void> };
  randomBytes: (length: number) => Uint8Array;
  clock: Clock;
  signal: AbortSignal;
  say: (text: string) => void;
  /** How long the replicas may take to see a file or an epoch. */
  withinMs: number;
}

const KEY_BYTES = 32;
const LOOK_AGAIN_MS = 1000;

/** What a run came to; not `done` when it stopped before the chain was to be moved. */
export interface Rotated {
  from: number;
  to: number;
  done: boolean;
}

/** Rotates to the next epoch, or ends the rotation that was begun. */
export async function rotateK3(deps: RotationDeps, options: { prepareOnly: boolean }): Promise<Rotated> {
  const { store, counter, say } = deps;
  const epoch = await counter.current();
  const { epochs, rotatingTo } = await store.read();
  const isDone = rotatingTo !== null && epoch >= rotatingTo;
  const to = isDone ? rotatingTo : epoch + 1;
  if (isDone) say(`the chain is at epoch ${epoch} already: only the end of that rotation is left`);
  else await prepare(deps, to, epochs.includes(to), rotatingTo);
  if (options.prepareOnly && !isDone) return { from: epoch, to, done: false };
  if (!isDone) {
    await counter.advance(epoch);
    say(`the chain is at epoch ${to}: new credentials are written under it`);
  }
  await everySigner(deps, `has seen epoch ${to}`, ({ chainEpoch }) => chainEpoch !== null && chainEpoch >= to);
  await store.mark(null);
  return { from: to - 1, to, done: true };
}

/** Gets the key into every replica before the chain moves. */
async function prepare(deps: RotationDeps, to: number, isThere: boolean, rotatingTo: number | null): Promise<void> {
  const { store, fleet, say } = deps;
  if (to > MAX_EPOCH)
    throw new AgentKeysError("invalid_input", {
      message: `Epoch ${MAX_EPOCH} is the last one byte can name: there is no rotation after it`,
    });
  if (!isThere) {
    const key = Secret.of(deps.randomBytes(KEY_BYTES));
    try {
      await store.add(to, key);
    } finally {
      key.wipe();
    }
    say(`made key ${to} and put it into ${store.name}`);
  } else {
    say(`${store.name} has key ${to} already`);
    if (rotatingTo !== to) await store.mark(to);
  }
  await fleet.hurry(String(deps.clock.nowMs()));
  await everySigner(deps, `holds key ${to}`, (view, all) => {
    const print = fingerprintOf(view, to);
    return print !== undefined && all.every((other) => [print, undefined].includes(fingerprintOf(other, to)));
  });
}

const fingerprintOf = (view: SignerView, epoch: number): string | undefined => view.keys.find((key) => key.epoch === epoch)?.fingerprint;

/** Waits until every replica is as wished; says who is not, when that changes. */
export async function everySigner(
  { fleet, clock, signal, say, withinMs }: Pick<RotationDeps, "fleet" | "clock" | "signal" | "say" | "withinMs">,
  wish: string,
  isSo: (view: SignerView, all: readonly SignerView[]) => boolean,
): Promise<void> {
  const end = clock.nowMs() + withinMs;
  let said = "";
  for (;;) {
    const { views, missing } = await fleet.look();
    const open = [...missing, ...views.filter((view) => !isSo(view, views)).map(({ name }) => name)];
    if (open.length === 0 && views.length > 0) {
      say(`every signer (${views.length}) ${wish}`);
      return;
    }
    const text = `waiting until every signer ${wish}: ${open.join(", ") || "there is none"}`;
    if (text !== said) say(text);
    said = text;
    if (clock.nowMs() > end)
      throw new AgentKeysError("signer_unavailable", {
        message: `Not every signer ${wish} (${open.join(", ") || "there is none"}): nothing is lost, see agentkeys rotate status and run this again`,
      });
    await clock.sleep(LOOK_AGAIN_MS, signal);
  }
}
