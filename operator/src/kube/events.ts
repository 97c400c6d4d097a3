import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { KubeObject } from "../api/types.ts";
import type { KubeApi } from "./port.ts";
import { RESOURCES } from "./resources.ts";

export interface EventText {
  type: "Normal" | "Warning";
  reason: string;
  action: string;
  note: string;
}

export type Recorder = (about: KubeObject, event: EventText) => void;

/** Writes events (events.k8s.io/v1) without anybody waiting; a lost event is logged, never retried. */
export function createRecorder(of: { api: KubeApi; clock: Clock; log: Log; identity: string; random: () => number }): Recorder {
  return (about, event) => {
    const namespace = about.metadata.namespace ?? "default";
    const { name, uid, resourceVersion } = about.metadata;
    const suffix = `${of.clock.nowMs().toString(16)}${Math.floor(of.random() * 65_536).toString(16)}`;
    const body = {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { namespace, name: `${name.slice(0, 200)}.${suffix}` },
      eventTime: new Date(of.clock.nowMs()).toISOString().replace("Z", "000Z"),
      reportingController: "agentkeys.io/operator",
      reportingInstance: of.identity.slice(0, 128),
      regarding: { apiVersion: about.apiVersion, kind: about.kind, namespace: about.metadata.namespace, name, uid, resourceVersion },
      ...event,
      note: event.note.slice(0, 1000),
    };
    of.api.create(RESOURCES.events, body, { namespace }).catch((fault: unknown) => of.log.warn("event not written", { fault }));
  };
}
