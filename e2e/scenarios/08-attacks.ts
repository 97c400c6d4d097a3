/** Forged, stolen and moved things against the installed services: each case is one line, and one named reason. */
import type { AttackCase } from "../lib/attack/case.ts";
import { brokerCases } from "../lib/attack/cases/broker.ts";
import { capCases } from "../lib/attack/cases/caps.ts";
import { grantCases } from "../lib/attack/cases/broker-grants.ts";
import { swapCases } from "../lib/attack/cases/swaps.ts";
import { enrolmentCases } from "../lib/attack/cases/enrolment.ts";
import { podCases } from "../lib/attack/cases/pods.ts";
import { rivalCases } from "../lib/attack/cases/rival-operator.ts";
import { stolenBrokerCases } from "../lib/attack/cases/stolen-broker.ts";
import { storeCases } from "../lib/attack/cases/store.ts";
import { webIdentityCases } from "../lib/attack/cases/web-identity.ts";
import { stolenWorkerCases } from "../lib/attack/cases/stolen-worker.ts";
import { vaultCases } from "../lib/attack/cases/vault.ts";
import { closeKit, openKit, theKit } from "../lib/attack/kit.ts";
import type { Scenario } from "./index.ts";

const asScenario = ({ id, title, run }: AttackCase): Scenario => ({
  name: `08 ${id} ${title}`,
  run: (say) => run(theKit(), say),
});

export const attacks: readonly Scenario[] = [
  { name: "08 two teams with an agent and a credential each, and a rival operator on the same chain", run: () => openKit() },
  ...[
    ...brokerCases,
    ...grantCases,
    ...capCases,
    ...swapCases,
    ...enrolmentCases,
    ...podCases,
    ...stolenBrokerCases,
    ...stolenWorkerCases,
    ...rivalCases,
    ...storeCases,
    ...webIdentityCases,
    ...vaultCases,
  ].map(asScenario),
  { name: "08 the attacked namespaces and credentials are gone again", run: () => closeKit() },
];
