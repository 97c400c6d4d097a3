/** Every scenario in the order it runs; each stands on the ones before. */
import { agents } from "./01-agents.ts";
import { isolation } from "./02-isolation.ts";
import { muted, mutedEnd } from "./03-muted.ts";
import { revocation } from "./03-revocation.ts";
import { order } from "./04-order.ts";
import { workloads } from "./04-workloads.ts";
import { admission } from "./05-admission.ts";
import { net } from "./05-net.ts";
import { recovery } from "./06-recovery.ts";
import { commandLine } from "./07-cli.ts";
import { attacks } from "./08-attacks.ts";
import { proposing } from "./09-propose.ts";
import { auditing } from "./10-audit.ts";
import { budgets } from "./11-budgets.ts";
import { rotation } from "./12-rotation.ts";
import { monitoring } from "./13-monitor.ts";
import { ledger } from "./14-ledger.ts";
import { production, productionEnd } from "./14-production.ts";
import { chainSwitch } from "./14-switch.ts";

/** One black-box case; `say` prints what was measured. */
export interface Scenario {
  name: string;
  run: (say: (text: string) => void) => Promise<void>;
}

export const scenarios: readonly Scenario[] = [
  ...agents,
  ...isolation,
  ...revocation,
  ...muted,
  ...commandLine,
  ...auditing,
  ...proposing,
  ...attacks,
  ...budgets,
  ...monitoring,
  ...workloads,
  ...order,
  ...admission,
  ...net,
  ...rotation,
  ...recovery,
  ...production,
  ...ledger,
  ...chainSwitch,
  ...productionEnd,
  ...mutedEnd,
];
