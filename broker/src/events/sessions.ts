/**
 * Open event streams and what each is told (protocol §5). Level-based: a session's facts are read again whenever the chain
 * moved for it, and what is no longer in force is dropped. Must not know HTTP or how the chain is followed.
 */
import { type CapFacts, type ChainEvent, type ChainReader } from "@agentkeys/common/chain";
import type { Clock } from "@agentkeys/common/clock";
import type { OpenedDelegation } from "@agentkeys/common/delegation";
import type { Hex } from "@agentkeys/common/identity";
import { signJws, type SigningKey } from "@agentkeys/common/jose";
import type { Log } from "@agentkeys/common/log";
import { EVENT_TYP, type EventPayload } from "@agentkeys/common/wire";
import { refusalByChain } from "../domain/mint.ts";
import type { BrokerMetrics } from "../metrics.ts";

/** One stream: the session it belongs to and where its frames go. */
export interface Session {
  readonly delegation: OpenedDelegation;
  readonly jkt: string;
  readonly write: (frame: string) => void;
}

interface OpenSession extends Session {
  seq: number;
  queue: Promise<void>;
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

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
  }

  /** Adds a stream, tells it what is already out of force, then a first heartbeat. The answer removes it. */
  async add(session: Session): Promise<() => void> {
    const open: OpenSession = { ...session, seq: 0, queue: Promise.resolve() };
    this.#open.add(open);
    this.#deps.metrics.sessions.set(this.#open.size);
    await this.#recheck(open);
    await this.#send(open, { type: "heartbeat" });
    return () => {
      this.#open.delete(open);
      this.#deps.metrics.sessions.set(this.#open.size);
    };
  }

  async heartbeat(): Promise<void> {
    await Promise.all([...this.#open].map((session) => this.#send(session, { type: "heartbeat" })));
  }

  /** Reacts to chain events: an epoch goes to everybody, the rest to the sessions they touch. */
  async onChainEvents(events: readonly ChainEvent[]): Promise<void> {
    const epoch = events.findLast((event) => event.kind === "K3Rotated")?.k3Epoch;
    if (epoch !== undefined) await Promise.all([...this.#open].map((session) => this.#send(session, { type: "epoch", k3_epoch: epoch })));
    const touched = [...this.#open].filter(({ delegation }) => events.some((event) => touches(event, delegation)));
    await Promise.all(touched.map((session) => this.#recheck(session)));
  }

  /** Reads every session's facts again, so that a missed event is caught late rather than never. */
  async recheckAll(): Promise<void> {
    for (const session of this.#open) await this.#recheck(session);
  }

  async #recheck(session: OpenSession): Promise<void> {
    const { delegation } = session;
    const refused: { hash: Hex; reason: string }[] = [];
    for (const hash of delegation.services) {
      const reason = refusalOf(delegation, hash, await this.#deps.chain.capFacts({ ...delegation, serviceHash: hash }));
      if (reason !== null) refused.push({ hash, reason });
    }
    const [first] = refused;
    if (first === undefined) return;
    this.#deps.log.info("session told to drop services", {
      pod: delegation.pod,
      namespace: delegation.namespace,
      code: first.reason,
      count: refused.length,
    });
    await this.#send(session, { type: "drop", services: refused.map(({ hash }) => hash), reason: first.reason });
  }

  /** Frames of one session leave in the order of their `seq`. */
  #send(session: OpenSession, fields: EventFields): Promise<void> {
    session.queue = session.queue.then(async () => {
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

function refusalOf(delegation: OpenedDelegation, hash: Hex, facts: CapFacts): string | null {
  const { operatorOmni, actorOmni, deviceKeyHash } = delegation;
  return refusalByChain({ op: "cred-fetch", operatorOmni, actorOmni, deviceKeyHash, service: "", serviceHash: hash }, delegation, facts);
}
