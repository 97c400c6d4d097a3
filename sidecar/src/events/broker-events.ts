/**
 * Signed events of the broker: heartbeats decide whether new fetches may start, drops purge and cut. An event that is
 * unsigned, replayed, for another session or malformed changes nothing and is counted.
 */
import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { EVENT_TYP, type EventPayload } from "@agentkeys/common/wire";
import type { PublicKey } from "../session/index.ts";
import { verifyJws } from "../session/index.ts";
import type { ServerSentEvent } from "./sse.ts";

/** No valid heartbeat for longer than this: no new fetch starts. */
export const HEARTBEAT_LIMIT_MS = 60_000;
const MAX_AGE_SECONDS = 60;

export interface BrokerEventsDeps {
  clock: Clock;
  log: Log;
  metrics: Metrics;
  jkt: string;
  keys: () => readonly PublicKey[];
  /** `services` are service hashes. */
  onDrop: (services: string[] | "all", reason: string) => void;
  /** A stored credential changed. */
  onRotate: (service: string) => void;
}

export class BrokerEvents {
  readonly #deps: BrokerEventsDeps;
  readonly #received;
  #lastSeq = 0;
  #lastHeartbeatMs: number | null = null;

  constructor(deps: BrokerEventsDeps) {
    this.#deps = deps;
    this.#received = deps.metrics.counter("events_total", "Broker events by type, or refused", ["type"]);
  }

  /** Whether the broker was heard lately. False before the first heartbeat; an idle proxy does not turn it false. */
  get isLive(): boolean {
    return this.#lastHeartbeatMs !== null && this.#deps.clock.nowMs() - this.#lastHeartbeatMs <= HEARTBEAT_LIMIT_MS;
  }

  /** A new stream counts its events from one again. */
  onOpen(): void {
    this.#lastSeq = 0;
  }

  handle(event: ServerSentEvent): void {
    const payload = this.#verify(event);
    if (payload === null) {
      this.#received.inc({ type: "refused" });
      this.#deps.log.warn("broker event refused", { event: event.event.slice(0, 32) });
      return;
    }
    this.#lastSeq = payload.seq;
    this.#received.inc({ type: payload.type });
    this.#lastHeartbeatMs = this.#deps.clock.nowMs();
    if (payload.type === "drop") this.#deps.onDrop(payload.services ?? "all", payload.reason ?? "unknown");
    else if (payload.type === "rotate" && payload.service !== undefined) this.#deps.onRotate(payload.service);
    else if (payload.type === "epoch") this.#deps.log.info("key epoch changed", { epoch: payload.k3_epoch });
  }

  #verify(event: ServerSentEvent): EventPayload | null {
    try {
      const payload = verifyJws(event.data, { typ: EVENT_TYP, keys: this.#deps.keys() }) as unknown as EventPayload;
      const age = this.#deps.clock.nowSeconds() - payload.iat;
      const isMine = payload.aud === this.#deps.jkt && payload.type === event.event;
      const isNew = Number.isSafeInteger(payload.seq) && payload.seq > this.#lastSeq && Math.abs(age) <= MAX_AGE_SECONDS;
      const isShaped =
        payload.services === undefined ||
        payload.services === "all" ||
        (Array.isArray(payload.services) && payload.services.every((hash) => typeof hash === "string"));
      return isMine && isNew && isShaped ? payload : null;
    } catch {
      return null;
    }
  }
}
