import { X509Certificate } from "node:crypto";
import type { Clock } from "../clock/index.ts";
import type { Metrics } from "../metrics/index.ts";
import type { TlsMaterial, TlsSource } from "./index.ts";

function endOf({ cert }: TlsMaterial): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

/** agentkeys_<process>_certificate_expiry_seconds: time until the certificate that the process serves with expires; negative after it. */
export function measureExpiry(tls: TlsSource, { metrics, clock }: { metrics: Metrics; clock: Clock }): void {
  let endsMs = endOf(tls.current());
  tls.onChange((material) => (endsMs = endOf(material)));
  metrics.reading(
    "certificate_expiry_seconds",
    "Time until the certificate that the process serves with expires",
    () => (endsMs - clock.nowMs()) / 1000,
  );
}
