/**
 * Open event streams and what each is told (protocol §5). Level-based: a session's facts are read again whenever the chain
 * moved for it, and what is no longer in force is dropped. Must not know HTTP or how the chain is followed.
 */
import type { CapFacts, ChainChange, ChainEvent, ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import { AgentKeysError, type ErrorCode } from "@agentkeys/common/errors";
import type { Hex } from "@agentkeys/common/identity";
import { signJws, type SigningKey } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import { EVENT_TYP, type EventPayload } from "@agentkeys/common/wire";
import { refusalByChain } from "../domain/mint.ts";
import type { BrokerMetrics } from "../metrics.ts";
import { boundedFacts, type ReadFacts } from "./bounded-facts.ts";

/** Reads of facts under way at once, over all sessions; minting is not among them. */
const MAX_READS_AT_ONCE = 16;

/** One stream: the session it belongs to and where its frames go. */
export interface Session {
  readonly delegation: OpenedDelegation;
  readonly jkt: string;
  readonly write: (frame: string) => void;
}

interface OpenSession extends Session {
  seq: number;
  queue: Promise<void>;
  /** What it was told to drop last, to log a refusal once and not with every recheck. */
  lastDrop: string;
}

export interface SessionsDeps {
  chain: ChainReader;
  clock: Clock;
  key: SigningKey;
  log: Log;
  metrics: BrokerMetrics;
}

type EventFields = Omit<EventPayload, "seq" | "iat" | "aud">;

export class Sessions {
  readonly #open = new Set<OpenSession>();
  readonly #deps: SessionsDeps;
  readonly #beginSweep: () => ReadFacts;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#beginSweep = boundedFacts(deps.chain, MAX_READS_AT_ONCE);
  }

  /**
   * Adds a stream, from now on told of every change. `told` resolves when it knows what is already out of force and heard a
   * first heartbeat, and rejects when the chain cannot be read; `remove` may be called at any time.
   */
  add(session: Session): { told: Promise<void>; remove: () => void } {
    const open: OpenSession = { ...session, seq: 0, queue: Promise.resolve(), lastDrop: "" };
    this.#open.add(open);
    this.#deps.metrics.sessions.set(this.#open.size);
    return {
      told: this.#recheck(open, this.#beginSweep()).then(() => this.#send(open, { type: "heartbeat" })),
      remove: () => {
        this.#open.delete(open);
        this.#deps.metrics.sessions.set(this.#open.size);
      },
    };
  }

  async heartbeat(): Promise<void> {
    await Promise.all([...this.#open].map((session) => this.#send(session, { type: "heartbeat" })));
  }

  /**
   * Reacts to chain events: an epoch goes to everybody, the rest to the sessions they touch. Rejects when facts cannot be
   * read, or are of an earlier block than the event that is being looked into.
   */
  async onChainChange({ fresh, vanished }: ChainChange): Promise<void> {
    const epoch = fresh.findLast((event) => event.kind === "K3Rotated")?.k3Epoch;
    if (epoch !== undefined) await Promise.all([...this.#open].map((session) => this.#send(session, { type: "epoch", k3_epoch: epoch })));
    const touched = [...this.#open].filter(({ delegation }) => [...fresh, ...vanished].some((event) => touches(event, delegation)));
    await this.#recheckMany(touched, Math.max(0, ...fresh.map(({ blockNumber }) => blockNumber)));
  }

  /** Reads every session's facts again, so that a missed event is caught late rather than never. */
  async recheckAll(): Promise<void> {
    await this.#recheckMany([...this.#open]);
  }

  /** One sweep over the sessions; one that fails keeps no other from being told. */
  async #recheckMany(sessions: readonly OpenSession[], atLeastBlock = 0): Promise<void> {
    const read = this.#beginSweep();
    const outcomes = await Promise.allSettled(sessions.map((session) => this.#recheck(session, read, atLeastBlock)));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  async #recheck(session: OpenSession, read: ReadFacts, atLeastBlock = 0): Promise<void> {
    const { delegation } = session;
    const reasons = await Promise.all(
      delegation.services.map(async (serviceHash) => {
        const facts = await read({ ...delegation, serviceHash });
        if (facts.blockNumber < atLeastBlock) throw new AgentKeysError("chain_rpc_error", { detail: "facts are older than the event" });
        return refusalOf(delegation, serviceHash, facts);
      }),
    );
    const services = delegation.services.filter((_hash, index) => reasons[index] !== null);
    const reason = reasons.find((each) => each !== null);
    if (reason !== undefined) this.#logOnce(session, services, reason);
    else session.lastDrop = "";
    if (reason !== undefined) await this.#send(session, { type: "drop", services, reason });
  }

  #logOnce(session: OpenSession, services: readonly Hex[], code: ErrorCode): void {
    const { pod, namespace } = session.delegation;
    const drop = `${code}:${services.join()}`;
    if (session.lastDrop !== drop) this.#deps.log.info("session told to drop services", { pod, namespace, code, count: services.length });
    session.lastDrop = drop;
  }

  /** Frames of one session leave in the order of their `seq`. */
  #send(session: OpenSession, fields: EventFields): Promise<void> {
    session.queue = session.queue
      .catch(() => undefined)
      .then(async () => {
        if (!this.#open.has(session)) return;
        session.seq += 1;
        const payload: EventPayload = { ...fields, seq: session.seq, iat: this.#deps.clock.nowSeconds(), aud: session.jkt };
        const token = await signJws(this.#deps.key, { typ: EVENT_TYP, payload: { ...payload } });
        if (!this.#open.has(session)) return;
        session.write(`event: ${fields.type}\ndata: ${token}\n\n`);
        this.#deps.metrics.events.inc({ type: fields.type });
      });
    return session.queue;
  }
}

function touches(event: ChainEvent, delegation: OpenedDelegation): boolean {
  if (event.deviceKeyHash !== undefined) return event.deviceKeyHash === delegation.deviceKeyHash;
  return event.operatorOmni === delegation.operatorOmni && event.actorOmni === delegation.actorOmni;
}

function refusalOf(delegation: OpenedDelegation, hash: Hex, facts: CapFacts): ErrorCode | null {
  const { operatorOmni, actorOmni, deviceKeyHash } = delegation;
  return refusalByChain({ op: "cred-fetch", operatorOmni, actorOmni, deviceKeyHash, service: "", serviceHash: hash }, delegation, facts);
}
