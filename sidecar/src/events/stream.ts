import type { Clock } from "@agentkeys/common/clock";
import type { HttpClient } from "@agentkeys/common/http-client";
import type { Log } from "@agentkeys/common/log";
import type { Enrolment } from "../enrol/index.ts";
import { refusal } from "../enrol/index.ts";
import type { Session } from "../session/index.ts";
import { readEvents, type ServerSentEvent } from "./sse.ts";

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;
/** A stream without a byte for this long is dead: both of ours beat every 15 s. */
const SILENCE_MS = 45_000;

export interface StreamDeps {
  name: string;
  url: string;
  client: HttpClient;
  clock: Clock;
  log: Log;
  session: Session;
  enrolment: Enrolment;
  random: () => number;
  onOpen?: () => void;
  onEvent: (event: ServerSentEvent) => void;
}

/** Keeps one authenticated event stream open until the signal; back-off is jittered and reset by a good connect. */
export async function followStream(deps: StreamDeps, signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  const ended = (): boolean => signal.aborted;
  while (!ended()) {
    if (deps.enrolment.isEnrolled) {
      try {
        await followOnce(deps, signal, () => (retryMs = FIRST_RETRY_MS));
        deps.log.debug("event stream ended", { stream: deps.name });
      } catch (fault) {
        if (!ended()) deps.log.warn("event stream failed, reconnecting", { stream: deps.name, cause: fault });
      }
    }
    await deps.clock.sleep(retryMs * (0.5 + deps.random()), signal).catch(() => undefined);
    retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
  }
}

async function followOnce(deps: StreamDeps, signal: AbortSignal, onConnected: () => void): Promise<void> {
  const { token } = deps.enrolment.current();
  const headers = { authorization: `DPoP ${token}`, dpop: deps.session.proof("GET", deps.url, token) };
  const { status, body } = await deps.client.stream(deps.url, { headers, signal });
  if (status !== 200) {
    body.on("error", () => undefined).destroy();
    throw refusal(status, null);
  }
  onConnected();
  deps.onOpen?.();
  let lastByteMs = deps.clock.nowMs();
  const watch = new AbortController();
  void watchSilence(
    deps.clock,
    () => lastByteMs,
    watch.signal,
    () => body.destroy(),
  );
  try {
    for await (const event of readEvents(body)) {
      lastByteMs = deps.clock.nowMs();
      deps.onEvent(event);
    }
  } finally {
    watch.abort();
    body.destroy();
  }
}

async function watchSilence(clock: Clock, lastByteMs: () => number, signal: AbortSignal, onSilent: () => void): Promise<void> {
  for (;;) {
    await clock.sleep(SILENCE_MS / 3, signal).catch(() => undefined);
    if (signal.aborted) return;
    if (clock.nowMs() - lastByteMs() > SILENCE_MS) {
      onSilent();
      return;
    }
  }
}
