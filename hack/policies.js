// Writes cli/src/aws/generated/policies.ts from the chart's policies for AWS, so that the command prints what the chart ships.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const FROM = "charts/agentkeys/files/policies";
const TO = "cli/src/aws/generated";
const texts = readdirSync(FROM)
  .sort()
  .map((file) => [file.slice(0, -".json".length), readFileSync(`${FROM}/${file}`, "utf8")]);
for (const [, text] of texts) JSON.parse(text);
mkdirSync(TO, { recursive: true });
writeFileSync(
  `${TO}/policies.ts`,
  `/** Written by \`make generate\` from charts/agentkeys/files/policies. */\nexport const POLICY_TEXTS = ${JSON.stringify(Object.fromEntries(texts), null, 2)} as const;\n`,
);
