import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { helm, kubectl, kubectlInput, SYSTEM } from "../lib/kube.ts";
import { agentPod, agentTemplate, ROOT, TEAM_A, TEAM_B } from "../lib/world.ts";
import type { Scenario } from "./index.ts";

interface Configuration {
  metadata: { name: string; labels?: object; annotations?: object };
}

const SAMPLES = `${ROOT}operator/test/fixtures/crds`;
const NO_MUTATION = "mutatingwebhookconfiguration/agentkeys-injector";
const dryRun = (object: object): Promise<string> =>
  kubectlInput(JSON.stringify(object), "create", "-f", "-", "--dry-run=server").then(
    () => "admitted",
    (fault: unknown) => String(fault),
  );

export const net: readonly Scenario[] = [
  {
    name: "05 without any mutating webhook the admission policy refuses an opted-in pod and no other",
    run: async () => {
      const saved = JSON.parse(await kubectl("get", NO_MUTATION, "-o", "json")) as Configuration;
      const { name, labels, annotations } = saved.metadata;
      await kubectl("delete", NO_MUTATION);
      try {
        const forged = { name: "agentkeys-proxy", image: "localhost/agentkeys-e2e:dev", restartPolicy: "Always", command: ["sleep", "60"] };
        assert.match(await dryRun(agentPod(TEAM_B, "bare", agentTemplate(["true"]))), /no proxy of this installation/);
        assert.match(
          await dryRun(agentPod(TEAM_B, "forged", agentTemplate(["true"], { spec: { initContainers: [forged] } }))),
          /no proxy of this installation/,
        );
        assert.equal(await dryRun(agentPod(TEAM_B, "plain", agentTemplate(["true"], { binding: "" }))), "admitted");
      } finally {
        await kubectlInput(JSON.stringify({ ...saved, metadata: { name, labels, annotations } }), "create", "-f", "-");
      }
      assert.equal(await dryRun(agentPod(TEAM_A, "after-the-net", agentTemplate(["true"]))), "admitted");
    },
  },
  {
    name: "05 the API server takes every good sample of our resources and refuses every bad one",
    run: async (say) => {
      let count = 0;
      for (const quality of ["good", "bad"])
        for (const file of readdirSync(`${SAMPLES}/${quality}`)) {
          const text = readFileSync(`${SAMPLES}/${quality}/${file}`, "utf8");
          const answer = await kubectlInput(text, "create", "-f", "-", "--dry-run=server", "--validate=strict").then(
            () => "admitted",
            (fault: unknown) => String(fault),
          );
          if (quality === "good") assert.equal(answer, "admitted", file);
          else assert.match(answer, /is invalid|unknown field|strict decoding/, file);
          count += 1;
        }
      say(`${count} samples`);
      assert.ok(count >= 10);
    },
  },
  {
    name: "05 everything the production profile renders is valid to the API server",
    run: async (say) => {
      const values = `${ROOT}charts/agentkeys/tests/production-values.yaml`;
      const text = await helm(
        "template",
        "agentkeys",
        `${ROOT}charts/agentkeys`,
        "-n",
        SYSTEM,
        "-f",
        values,
        "--kube-version",
        "1.36.3",
        "--no-hooks",
      );
      // Names without a namespace land in the default one: nothing is written, and what is installed is not compared.
      const flags = ["--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict"];
      const answer = await kubectlInput(text, "apply", "-f", "-", ...flags);
      const objects = answer.split("\n").filter((line) => line.includes("(server dry run)"));
      say(`${objects.length} objects`);
      assert.ok(objects.length > 30);
    },
  },
];
