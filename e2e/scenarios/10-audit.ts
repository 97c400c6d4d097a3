import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spellings } from "../lib/canary.ts";
import { eventually } from "../lib/kube.ts";
import { agentkeys, CANARIES, TEAM_A } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface AuditRow {
  kind: string;
  hash: string;
  op?: string;
  namespace: string;
  service?: string;
}
const PATIENCE_SECONDS = 60;

const listed = async (...args: string[]): Promise<AuditRow[]> =>
  JSON.parse(await agentkeys("audit", "list", "--json", ...args)) as AuditRow[];

/** Runs after scenarios whose agents made calls: their rows are on chain a few seconds later. */
export const auditing: readonly Scenario[] = [
  {
    name: "10 calls of agents and what the creds-worker did are on chain, proven row by row, and hold no key",
    run: async (say) => {
      const row = await eventually("a call of an agent is listed", PATIENCE_SECONDS, async () =>
        (await listed("--kind", "call", "--service", "openai")).find(({ namespace }) => namespace === TEAM_A),
      );
      const proof = await eventually("its tree is on chain", PATIENCE_SECONDS, () =>
        agentkeys("audit", "prove", row.hash, "--json").catch(() => undefined),
      );
      const file = join(await mkdtemp(join(tmpdir(), "agentkeys-proof-")), "proof.json");
      await writeFile(file, proof);
      await agentkeys("audit", "verify", file);
      const work = await listed("--kind", "credential");
      for (const op of ["cred-store", "cred-fetch"])
        assert.ok(
          work.some((done) => done.op === op),
          `the worker left no row of a ${op}`,
        );
      const reports = JSON.parse(await agentkeys("audit", "verify", "--json")) as { rows: number; trees: number; problems: string[] }[];
      assert.deepEqual(
        reports.flatMap(({ problems }) => problems),
        [],
      );
      const [rows, trees] = [reports.reduce((sum, report) => sum + report.rows, 0), reports.reduce((sum, report) => sum + report.trees, 0)];
      assert.ok(rows > 0 && trees > 0, "nothing was verified");
      const text = JSON.stringify(await listed());
      for (const key of Object.values(CANARIES))
        for (const spelling of spellings(key)) assert.ok(!text.includes(spelling), "a row holds a key");
      say(`${rows} rows in ${trees} trees, no problem`);
    },
  },
];
