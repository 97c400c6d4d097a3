/**
 * Signed events of the broker: heartbeats decide whether new fetches may start, drops purge and cut. An event that is
 * unsigned, replayed, for another session or malformed changes nothing and is counted.
 */
import type { Clock } from "@agentkeys/common/clock";
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { EVENT_TYP, type EventPayload } from "@agentkeys/common/wire";
import { kidOf, verifyJws, type PublicKey } from "../session/index.ts";
import { ReplayMemory } from "./replay-memory.ts";
import type { ServerSentEvent } from "./sse.ts";

/** No valid heartbeat for longer than this: no new fetch starts. */
export const HEARTBEAT_LIMIT_MS = 60_000;
const MAX_AGE_SECONDS = 60;
const KNOWN_TYPES: readonly string[] = ["heartbeat", "drop", "epoch"];

export interface BrokerEventsDeps {
  clock: Clock;
  /** Milliseconds that no setting of the clock moves. */
  steadyMs: () => number;
  log: Log;
  metrics: Metrics;
  jkt: string;
  keys: { current(): readonly PublicKey[]; learn(kid: string | null): Promise<void> };
  /** `services` are service hashes. */
  onDrop: (services: string[] | "all", reason: string) => void;
}

export class BrokerEvents {
  readonly #deps: BrokerEventsDeps;
  readonly #received;
  readonly #replays: ReplayMemory;
  #lastSeq = 0;
  #heard: { wallMs: number; steadyMs: number } | null = null;

  constructor(deps: BrokerEventsDeps) {
    this.#deps = deps;
    this.#received = deps.metrics.counter("events_total", "Broker events by type, or refused", ["type"]);
    this.#replays = new ReplayMemory(deps.clock, 2 * MAX_AGE_SECONDS * 1000);
  }

  /**
   * Whether the broker was heard lately. False before the first heartbeat; an idle proxy does not turn it false. By both clocks: a
   * wall clock may be set back, a steady one may stand still while the machine sleeps.
   */
  get isLive(): boolean {
    if (this.#heard === null) return false;
    const { clock, steadyMs } = this.#deps;
    const ageMs = Math.max(clock.nowMs() - this.#heard.wallMs, steadyMs() - this.#heard.steadyMs);
    return ageMs <= HEARTBEAT_LIMIT_MS;
  }

  /** A new stream counts its events from one again. */
  onOpen(): void {
    this.#lastSeq = 0;
  }

  /** Answers whether the event was accepted. Throws when one before it is missing: a new stream tells what it said. */
  async handle(event: ServerSentEvent): Promise<boolean> {
    await this.#deps.keys.learn(kidOf(event.data));
    const payload = this.#verify(event);
    const isKnown = payload !== null && KNOWN_TYPES.includes(payload.type);
    this.#received.inc({ type: payload === null ? "refused" : isKnown ? payload.type : "unknown" });
    if (payload === null) {
      this.#deps.log.warn("broker event refused", { event: event.event.slice(0, 32) });
      return false;
    }
    const isGap = payload.seq !== this.#lastSeq + 1;
    this.#lastSeq = payload.seq;
    this.#act(payload);
    if (isGap) throw new AgentKeysError("upstream_unreachable", { detail: "a broker event was lost on the way" });
    return true;
  }

  /** A type that is not known does nothing. */
  #act(payload: EventPayload): void {
    switch (payload.type) {
      case "heartbeat":
        this.#hear(payload.iat);
        break;
      case "drop":
        this.#deps.onDrop(payload.services ?? "all", payload.reason ?? "unknown");
        break;
      case "epoch":
        this.#deps.log.info("key epoch changed", { epoch: payload.k3_epoch });
        break;
    }
  }

  /** The broker is as fresh as it says itself: a heartbeat that was held back does not keep it alive for longer. */
  #hear(iat: number): void {
    const nowMs = this.#deps.clock.nowMs();
    const ageMs = Math.max(0, nowMs - iat * 1000);
    const [wallMs, steadyMs] = [nowMs - ageMs, this.#deps.steadyMs() - ageMs];
    const before = this.#heard ?? { wallMs, steadyMs };
    this.#heard = { wallMs: Math.max(before.wallMs, wallMs), steadyMs: Math.max(before.steadyMs, steadyMs) };
  }

  #verify(event: ServerSentEvent): EventPayload | null {
    try {
      const payload = verifyJws(event.data, { typ: EVENT_TYP, keys: this.#deps.keys.current() }) as unknown as EventPayload;
      const isMine = payload.aud === this.#deps.jkt && payload.type === event.event;
      const age = this.#deps.clock.nowSeconds() - payload.iat;
      const isFresh = Number.isSafeInteger(payload.iat) && Math.abs(age) <= MAX_AGE_SECONDS;
      const isNext = Number.isSafeInteger(payload.seq) && payload.seq > this.#lastSeq;
      return isMine && isFresh && isNext && isShaped(payload) && this.#replays.isNew(event.data) ? payload : null;
    } catch {
      return null;
    }
  }
}

function isShaped({ services, reason }: EventPayload): boolean {
  const areServices =
    services === undefined || services === "all" || (Array.isArray(services) && services.every((hash) => typeof hash === "string"));
  return areServices && (reason === undefined || typeof reason === "string");
}
