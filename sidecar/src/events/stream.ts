import type { Clock } from "@agentkeys/common/clock";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { Enrolment } from "../enrol/index.ts";
import { refusal } from "../enrol/index.ts";
import type { Session } from "../session/index.ts";
import { readEvents, type ServerSentEvent } from "./sse.ts";

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;
/** A stream without an accepted event for this long is dead: both of ours beat every 15 s, and comments prove nothing. */
const SILENCE_MS = 45_000;

export interface StreamDeps {
  name: string;
  url: string;
  client: HttpClient;
  clock: Clock;
  log: Log;
  session: Session;
  enrolment: Pick<Enrolment, "current" | "whenEnrolled" | "onRenewed" | "refused">;
  random: () => number;
  onOpen?: () => void;
  /** Answers whether the event was accepted; a throw ends the stream and opens a new one. */
  onEvent: (event: ServerSentEvent) => boolean | Promise<boolean>;
}

/**
 * Keeps one authenticated event stream open until the signal. A renewed delegation opens a new one at once: the server judges a
 * stream by the delegation it was opened with, and a refused one is renewed.
 * Back-off is jittered, ended by a renewed delegation and reset by an accepted event.
 */
export async function followStream(deps: StreamDeps, signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  const isEnded = (): boolean => signal.aborted;
  while (!isEnded()) {
    await deps.enrolment.whenEnrolled(signal);
    if (isEnded()) return;
    const renewed = new AbortController();
    const unsubscribe = deps.enrolment.onRenewed(() => renewed.abort());
    const ending = AbortSignal.any([signal, renewed.signal]);
    try {
      await followOnce(deps, ending, () => (retryMs = FIRST_RETRY_MS));
      deps.log.debug("event stream ended", { stream: deps.name });
    } catch (fault) {
      if (!isEnded() && !renewed.signal.aborted) deps.log.warn("event stream failed, reconnecting", { stream: deps.name, cause: fault });
    }
    if (!renewed.signal.aborted) {
      await deps.clock.sleep(retryMs * (0.5 + deps.random()), ending).catch(() => undefined);
      retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
    }
    unsubscribe();
  }
}

async function followOnce(deps: StreamDeps, signal: AbortSignal, onAccepted: () => void): Promise<void> {
  const { token } = deps.enrolment.current();
  const headers = { authorization: `DPoP ${token}`, dpop: deps.session.proof("GET", deps.url, token) };
  const { status, body } = await deps.client.stream(deps.url, { headers, signal });
  if (status !== 200) {
    body.on("error", () => undefined).destroy();
    if (status === 401) deps.enrolment.refused(token);
    throw refusal(status, null);
  }
  deps.onOpen?.();
  let acceptedMs = deps.clock.nowMs();
  const watch = new AbortController();
  void watchSilence(
    deps.clock,
    () => acceptedMs,
    watch.signal,
    () => body.destroy(),
  );
  try {
    for await (const event of readEvents(body)) {
      if (!(await deps.onEvent(event))) continue;
      acceptedMs = deps.clock.nowMs();
      onAccepted();
    }
  } finally {
    watch.abort();
    body.destroy();
  }
}

async function watchSilence(clock: Clock, acceptedMs: () => number, signal: AbortSignal, onSilent: () => void): Promise<void> {
  for (;;) {
    await clock.sleep(SILENCE_MS / 3, signal).catch(() => undefined);
    if (signal.aborted) return;
    if (clock.nowMs() - acceptedMs() > SILENCE_MS) {
      onSilent();
      return;
    }
  }
}
