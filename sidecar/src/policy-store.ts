import type { Clock } from "@agentkeys/common/clock";
import type { Log } from "@agentkeys/common/log";
import type { Metrics } from "@agentkeys/common/metrics";
import { validator } from "@agentkeys/common/validator";
import type { PolicyUpdate } from "@agentkeys/common/wire";
import { checkPolicyUpdate } from "@agentkeys/common/wire-checks";
import { compilePolicy, type CompiledPolicy } from "./policy/index.ts";
import type { PolicySource } from "./proxy/index.ts";

/** A replica of the operator lags behind another by seconds. A binding that was made anew counts from 1 again: no lag lasts this long. */
const MAX_LAG_MS = 60_000;

const parseUpdate = validator<PolicyUpdate>(checkPolicyUpdate);

/** The policy in force. One that is malformed or does not compile is counted and the old one kept: never a mix. */
export class PolicyStore implements PolicySource {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #updates;
  readonly #listeners = new Set<(policy: CompiledPolicy | null) => void>();
  #policy: CompiledPolicy | null = null;
  #toldAtMs = 0;

  constructor(deps: { clock: Clock; log: Log; metrics: Metrics }) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#updates = deps.metrics.counter("policy_updates_total", "Policies taken and refused", ["outcome"]);
  }

  current(): CompiledPolicy | null {
    return this.#policy;
  }

  onChange(listener: (policy: CompiledPolicy | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The `data` of a binding event as an update; null when it is none, which is counted. */
  parse(data: string): PolicyUpdate | null {
    try {
      return parseUpdate(JSON.parse(data));
    } catch (fault) {
      this.#refuse({ cause: fault });
      return null;
    }
  }

  /** Whether a replica that lags behind said it: an earlier generation than one that was told a moment ago. */
  isStale({ version }: PolicyUpdate): boolean {
    const [told, held] = [generationOf(version), generationOf(this.#policy?.version ?? "")];
    if (told === null || held === null || told >= held) return false;
    return Math.abs(this.#clock.nowMs() - this.#toldAtMs) <= MAX_LAG_MS;
  }

  /** Takes an update; answers the names of services that the old policy had and this one does not. */
  take(update: PolicyUpdate): string[] {
    const old = this.#policy;
    this.#toldAtMs = this.#clock.nowMs();
    if (old?.version === update.version) return [];
    try {
      this.#policy = compilePolicy(update.policy);
    } catch (fault) {
      this.#refuse({ version: update.version, cause: fault });
      return [];
    }
    this.#updates.inc({ outcome: "taken" });
    this.#log.info("policy taken", { version: update.version, services: [...this.#policy.services.keys()] });
    for (const listener of this.#listeners) listener(this.#policy);
    const isSuspended = this.#policy.isSuspended;
    return [...(old?.services.keys() ?? [])].filter((name) => isSuspended || this.#policy?.services.has(name) !== true);
  }

  #refuse(fields: Record<string, unknown>): void {
    this.#updates.inc({ outcome: "refused" });
    this.#log.error("policy refused, the old one stays in force", fields);
  }
}

/** The binding's generation, which a version begins with; null when it does not, as that of a deleted binding. */
function generationOf(version: string): number | null {
  const [, digits] = /^(\d{1,15})-/.exec(version) ?? [];
  return digits === undefined ? null : Number(digits);
}
