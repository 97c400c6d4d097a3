/**
 * Compiles every JSON Schema of ours into a module, so that no service carries ajv or spends its start on it.
 * `node hack/schema-checks.ts` writes them; hack/test/schema-checks.test.ts fails when one is stale.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigDefinition } from "../common/src/config/index.ts";
import { moduleOf } from "../common/src/testing/schema.ts";

const ROOT = new URL("../", import.meta.url);
const CONFIGS: Readonly<Record<string, string>> = {
  "operator/src/config.ts": "operatorConfig",
  "operator/src/webhook/config.ts": "webhookConfig",
  "broker/src/config.ts": "brokerConfig",
  "broker/src/auditor/config.ts": "auditorConfig",
  "creds-worker/src/config.ts": "workerConfig",
  "signer/src/config.ts": "signerConfig",
  "sidecar/src/config.ts": "sidecarConfig",
  "relay/src/config.ts": "relayConfig",
};

const WORKSTATION_CHECKS = "common/src/workstation/generated/checks.ts";

function configSchema({ required = [], properties }: ConfigDefinition): object {
  // A description checks nothing: another wording is no other check.
  const bare = Object.entries(properties).map(([key, property]) => [key, { ...property, description: undefined }]);
  return { type: "object", additionalProperties: false, required, properties: Object.fromEntries(bare) as object };
}

/** A description checks nothing: another wording is no other check. */
function bare(schema: object): object {
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => (key === "description" ? undefined : value))) as object;
}

/** Path, from the repository's root, and text of every generated module. */
export async function generate(): Promise<Map<string, string>> {
  // As with the configurations below: nothing is there at the very first time.
  if (!existsSync(new URL(WORKSTATION_CHECKS, ROOT)))
    write(WORKSTATION_CHECKS, "export const checkDaemonFile = () => true;\nexport const checkPolicyFile = () => true;\n");
  const wire = await import("../common/src/wire/index.ts");
  const { signedForwardRequestSchema } = await import("../common/src/forward-request/index.ts");
  const { daemonFileSchema } = await import("../common/src/workstation/daemon-file.ts");
  const { policyFileSchema } = await import("../common/src/workstation/policy-file.ts");
  const { podSchema } = await import("../operator/src/webhook/pod-schema.ts");
  const modules = new Map([
    [
      "common/src/wire-checks/generated/checks.ts",
      moduleOf(
        {
          checkCapRequest: wire.capRequestSchema,
          checkDeriveKek: wire.deriveKekSchema,
          checkEmptyBody: wire.emptyBodySchema,
          checkEnrollAnswer: wire.enrollAnswerSchema,
          checkEnrollRequest: wire.enrollRequestSchema,
          checkListRequest: wire.listRequestSchema,
          checkReencryptRequest: wire.reencryptRequestSchema,
          checkReseal: wire.resealSchema,
          checkLeaseAnswer: wire.leaseAnswerSchema,
          checkLeaseRequest: wire.leaseRequestSchema,
          checkSpendAnswer: wire.spendAnswerSchema,
          checkSpendRequest: wire.spendRequestSchema,
          checkPolicyUpdate: wire.policyUpdateSchema,
          checkVerifyK10: wire.verifyK10Schema,
          checkStoreRequest: wire.storeRequestSchema,
          checkSts: wire.stsSchema,
          checkTeardownRequest: wire.teardownRequestSchema,
        },
        "../../validator/index.ts",
      ),
    ],
    ["relay/src/generated/check-request.ts", moduleOf({ checkRequest: signedForwardRequestSchema })],
    [
      WORKSTATION_CHECKS,
      moduleOf({ checkDaemonFile: bare(daemonFileSchema), checkPolicyFile: bare(policyFileSchema) }, "../../validator/index.ts"),
    ],
    ["operator/src/webhook/generated/check-pod.ts", moduleOf({ checkPod: podSchema })],
  ]);
  for (const [path, name] of Object.entries(CONFIGS)) {
    const target = `${dirname(path)}/generated/check-config.ts`;
    // The definition's own module imports what is made from it: at the very first time there is nothing there yet.
    if (!existsSync(new URL(target, ROOT))) write(target, "export const checkConfig = () => true;\n");
    const definitions = (await import(new URL(path, ROOT).href)) as Record<string, ConfigDefinition | undefined>;
    const definition = definitions[name];
    if (definition === undefined) throw new TypeError(`${path} does not export ${name}`);
    modules.set(target, moduleOf({ checkConfig: configSchema(definition) }));
  }
  return modules;
}

function write(path: string, text: string): void {
  const target = new URL(path, ROOT);
  mkdirSync(new URL(".", target), { recursive: true });
  writeFileSync(target, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const [path, text] of await generate()) write(path, text);
