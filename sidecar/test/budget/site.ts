/** A site whose binding has a daily budget, in a real PostgreSQL. */
import { signBudget } from "@agentkeys/common/budget";
import { systemClock } from "@agentkeys/common/clock";
import { serviceHash } from "@agentkeys/common/identity";
import { Secret } from "@agentkeys/common/secret";
import { captureLog } from "@agentkeys/common/testing";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgresLedger } from "../../../broker/src/ledger/postgres.ts";
import { startPostgres, type TestPostgres } from "../../../broker/test/postgres.ts";
import { startChain } from "../../../operator/test/fakes/anvil.ts";
import { K10, startSite, type Site } from "../site/index.ts";

export interface BudgetSite extends Site {
  postgres: TestPostgres;
  /** Gives the binding another daily budget, told to every proxy. */
  allow: (dailyNanoUsd: number) => Promise<void>;
  spentNano: () => Promise<number>;
}

/** Starts everything with `count` proxies. */
export async function startBudgetSite(count: number): Promise<BudgetSite> {
  const folder = mkdtempSync(join(tmpdir(), "agentkeys-budget-"));
  const [chain, postgres] = await Promise.all([startChain(), startPostgres()]);
  const urlFile = join(folder, "ledger");
  writeFileSync(urlFile, postgres.url);
  const site = await startSite({ proxies: count, chain, brokerEnv: { AGENTKEYS_BROKER_LEDGER_URL_FILE: urlFile } });
  const { identity, domain } = site;
  const ledger = openPostgresLedger(Secret.of(postgres.url), captureLog().log);
  let issuedAt = systemClock.nowMs();
  return {
    ...site,
    postgres,
    allow: async (dailyNanoUsd) => {
      issuedAt += 1;
      const budget = signBudget(K10, domain, { ...identity, serviceHash: serviceHash("openai"), dailyNanoUsd, issuedAt });
      await site.change({ limits: { dailyNanoUsd }, pricing: { provider: "openai", unknownModel: "Refuse" }, budget });
    },
    spentNano: async () => {
      const books = await ledger.read(identity.operatorOmni, [identity.actorOmni]);
      return books.reduce((sum, { account }) => sum + account.spentNano, 0);
    },
    stop: async () => {
      await site.stop();
      await ledger.close();
      await postgres.stop();
      await chain.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
