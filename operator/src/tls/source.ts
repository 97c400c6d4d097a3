import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { TlsMaterial, TlsSource } from "@agentkeys/common/tls";
import { RESOURCES, type KubeApi } from "../kube/index.ts";
import type { SecretObject } from "./ensure.ts";

const ROUND_MS = 10_000;
const FIRST_ROUND_MS = 1000;

/** Reads this process's own leaf from its Secret; the mount may not exist at the very first start. */
async function read(api: KubeApi, namespace: string): Promise<TlsMaterial | null> {
  const secret = (await api.get(RESOURCES.secrets, { namespace, name: "agentkeys-operator-tls" })) as SecretObject | null;
  const text = (key: string): string => Buffer.from(secret?.data?.[key] ?? "", "base64").toString("utf8");
  const material = { cert: text("tls.crt"), key: text("tls.key"), ca: text("ca.crt") };
  return Object.values(material).includes("") ? null : material;
}

/** Waits for the operator's own leaf, then follows it. Rejects only when `signal` is aborted. */
export async function secretTls(of: { api: KubeApi; namespace: string; clock: Clock; log: Log; signal: AbortSignal }): Promise<TlsSource> {
  const { api, namespace, clock, log, signal } = of;
  const attempt = (): Promise<TlsMaterial | null> =>
    read(api, namespace).catch((fault: unknown) => {
      log.warn("own certificate not read, will retry", { fault });
      return null;
    });
  let material = await attempt();
  while (material === null) {
    await clock.sleep(FIRST_ROUND_MS, signal);
    material = await attempt();
  }
  let current = material;
  const listeners: ((material: TlsMaterial) => void)[] = [];
  const stop = new AbortController();
  const follow = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(ROUND_MS, AbortSignal.any([signal, stop.signal]));
      const next = await attempt();
      if (next === null || (next.cert === current.cert && next.ca === current.ca)) continue;
      current = next;
      for (const listener of listeners) listener(next);
    }
  };
  follow().catch(() => undefined);
  return { current: () => current, onChange: (listener) => void listeners.push(listener), close: () => stop.abort() };
}
