/**
 * Writes docs/reference from the code: error codes, metrics, commands, and the configuration of each process. `make verify` fails
 * when a page is stale. Knows where each table lives and nothing of what it means.
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { auditorConfig } from "../broker/src/auditor/config.ts";
import { brokerConfig } from "../broker/src/config.ts";
import type { OptionSpec } from "../cli/src/command.ts";
import { COMMANDS } from "../cli/src/commands/index.ts";
import { envName, type ConfigDefinition } from "../common/src/config/index.ts";
import { CODES } from "../common/src/errors/index.ts";
import { workerConfig } from "../creds-worker/src/config.ts";
import { operatorConfig } from "../operator/src/config.ts";
import { webhookConfig } from "../operator/src/webhook/config.ts";
import { relayConfig } from "../relay/src/config.ts";
import { sidecarConfig } from "../sidecar/src/config.ts";
import { daemonFileSchema, mtlsTableSchema } from "../common/src/workstation/daemon-file.ts";
import { policyFileSchema } from "../common/src/workstation/policy-file.ts";
import { signerConfig } from "../signer/src/config.ts";

const FOLDER = "docs/reference";
const NOTE = "<!-- Written by `make generate` from the code. -->";
const row = (...cells: (string | number)[]): string => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head: string[], rows: string[]): string => [row(...head), row(...head.map(() => "---")), ...rows].join("\n");

function errors(): string {
  const rows = Object.entries(CODES).map(([code, { status, retryable, message }]) =>
    row(`\`${code}\``, status, retryable ? "yes" : "no", message),
  );
  return `# Errors\n\n${NOTE}\n\nEvery refusal of our services is \`{error, reason, request_id}\`; the proxy answers in the provider's own shape and names the code\nin the header \`AgentKeys-Reason\`. A code is never renamed and never reused.\n\n${table(["code", "status", "try again", "message"], rows)}\n`;
}

function kindOf({ type, enum: values, minimum, maximum, pattern }: ConfigDefinition["properties"][string]): string {
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  if (minimum !== undefined || maximum !== undefined) return `${type} ${minimum ?? ""}..${maximum ?? ""}`;
  return pattern === undefined ? type : `${type} \`${pattern}\``;
}

function configuration(definitions: readonly ConfigDefinition[]): string {
  const sections = definitions.map(({ service, properties, required = [] }) => {
    const rows = Object.entries(properties).map(([key, property]) => {
      const fallback = required.includes(key)
        ? "required"
        : property.default === undefined || property.default === ""
          ? "–"
          : `\`${property.default}\``;
      return row(`\`${envName(service, key)}\``, kindOf(property), fallback, property.description);
    });
    return `## ${service}\n\n${table(["variable", "values", "default", "meaning"], rows)}\n`;
  });
  return `# Configuration\n\n${NOTE}\n\nEvery key is an environment variable, a flag (\`--public-url\` for \`publicUrl\`) or a member of the JSON file given by \`--config\`; flags win\nover the environment, the environment over the file. \`--print-config\` shows the result. The chart sets all of them.\n\n${sections.join("\n")}`;
}

interface Declared {
  kind: string;
  name: string;
  help: string;
  labels: string;
}

/** Metrics that a file declares, as in `counter("caps_total", "Caps minted", ["op"])`; the process's name goes in front. */
function declaredIn(file: string): Declared[] {
  const declaration = /\.(counter|gauge|reading|histogram)\(\s*"([a-z0-9_]+)",\s*"([^"]+)"(?:,\s*\[([^\]]*)\])?/g;
  return [...readFileSync(file, "utf8").matchAll(declaration)].map(([, kind = "", name = "", help = "", labels = ""]) => ({
    kind: kind === "reading" ? "gauge" : kind,
    name,
    help,
    labels: [...labels.matchAll(/\w+/g)].map(([label]) => `\`${label}\``).join(", ") || "–",
  }));
}

/** Processes whose sources make this call: what is measured in `common` is measured where it is asked for. */
function processesThat(call: string, folders: readonly [string, string][]): string {
  const asking = folders.filter(([pattern]) => globSync(pattern).some((file) => readFileSync(file, "utf8").includes(`${call}(`)));
  return [...new Set(asking.map(([, name]) => name))].join(", ");
}

function metrics(shared: readonly [string, string][], folders: readonly [string, string][]): string {
  const common = shared.flatMap(([file, call]) =>
    declaredIn(file).map(({ kind, name, help, labels }) =>
      row(`\`agentkeys_<process>_${name}\``, kind, labels, processesThat(call, folders), help),
    ),
  );
  const own = folders.flatMap(([pattern, service]) =>
    globSync(pattern)
      .sort()
      .flatMap(declaredIn)
      .map(({ kind, name, help, labels }) => row(`\`agentkeys_${service}_${name}\``, kind, labels, help)),
  );
  return `# Metrics\n\n${NOTE}\n\nEach process serves \`/metrics\` over plain HTTP on its admin port (9464; 9091 in a proxy), without a secret in them and without asking who\nreads. Labels hold values of closed sets only. [Monitor](../how-to/monitor.md) says how they are scraped, drawn and alerted on.\n\n## Of several processes\n\n${table(["metric", "kind", "labels", "processes", "meaning"], common)}\n\nBesides, prom-client's metrics of the process itself: \`agentkeys_<process>_process_*\` and \`agentkeys_<process>_nodejs_*\`.\n\n## Of one process\n\n${table(["metric", "kind", "labels", "meaning"], own)}\n`;
}

interface FileKey {
  type?: string;
  enum?: readonly string[];
  description?: string;
  default?: unknown;
}

function fileKeys(schema: { properties: object; required?: readonly string[] }): string {
  const rows = Object.entries(schema.properties as Record<string, FileKey>)
    .filter(([, { description }]) => description !== undefined)
    .map(([key, { type, enum: values, description = "", default: fallback }]) => {
      const kind = values === undefined ? (type ?? "") : values.map((value) => `\`${value}\``).join(", ");
      const isSimple = typeof fallback === "string" || typeof fallback === "number";
      return row(
        `\`${key}\``,
        kind,
        schema.required?.includes(key) === true ? "required" : isSimple ? `\`${fallback}\`` : "–",
        description,
      );
    });
  return table(["key", "values", "default", "meaning"], rows);
}

function workstation(): string {
  const { rule, workload, attestation, service, ...rest } = policyFileSchema.properties;
  const parts = [
    `## policy.toml\n\nWho may use what. It must belong to the daemon's user (or root) and be changeable by nobody else.\n\n${fileKeys({ properties: rest })}`,
    `### [[rule]]\n\n${fileKeys(rule.items)}`,
    `### [[workload]]\n\nEach names \`public_key_sha256\` or \`measurement\`; a measurement needs \`[attestation]\`.\n\n${fileKeys(workload.items)}`,
    `### [attestation]\n\n${fileKeys(attestation)}`,
    `### [[service]]\n\n${fileKeys(service.items)}`,
    `## daemon.toml\n\nWritten by \`agentkeys device register\`.\n\n${fileKeys(daemonFileSchema)}`,
    `### [mtls]\n\nThe port for workloads elsewhere; without this table there is none. It counts from the next start.\n\n${fileKeys(mtlsTableSchema)}`,
  ];
  return `# Files of a workstation\n\n${NOTE}\n\n[How to set one up](../how-to/workstation.md). Both lie in \`$XDG_CONFIG_HOME/agentkeys\`, else \`~/.config/agentkeys\`.\n\n${parts.join("\n\n")}\n`;
}

function optionRow([name, { short, value, default: fallback, description }]: [string, OptionSpec]): string {
  const call = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
  return row(`\`${call}\``, fallback === undefined ? description : `${description} (\`${fallback}\`)`);
}

/** What is written by hand stands before the heading of the commands; each command says the rest itself. */
async function commandLine(): Promise<string> {
  const [introduction = ""] = readFileSync(`${FOLDER}/cli.md`, "utf8").split("## Commands\n");
  const named = COMMANDS.map(({ name, summary }) => row(`[\`agentkeys ${name}\`](#agentkeys-${name.replaceAll(" ", "-")})`, summary));
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const sections = commands.map(({ name, operands, detail, options, example }) =>
    [
      `### agentkeys ${name}`,
      `\`\`\`text\n${["agentkeys", name, operands].filter((word) => word !== "").join(" ")}\n\`\`\``,
      detail.replaceAll("\n", " ").replaceAll("<", "\\<"),
      ...(Object.keys(options).length === 0 ? [] : [table(["option", "meaning"], Object.entries(options).map(optionRow))]),
      `\`\`\`console\n$ ${example}\n\`\`\``,
    ].join("\n\n"),
  );
  return `${introduction}## Commands\n\n${table(["command", ""], named).replace("command |  |", "command | |")}\n\n${sections.join("\n\n")}\n`;
}

const pages: Record<string, string> = {
  cli: await commandLine(),
  errors: errors(),
  configuration: configuration([
    operatorConfig,
    webhookConfig,
    brokerConfig,
    auditorConfig,
    workerConfig,
    signerConfig,
    sidecarConfig,
    relayConfig,
  ]),
  workstation: workstation(),
  metrics: metrics(
    [
      ["common/src/http-admin/index.ts", "adminServer"],
      ["common/src/tls/expiry.ts", "measureExpiry"],
      ["common/src/http/app.ts", "createApp"],
      ["common/src/chain/metrics.ts", "countRpcFaults"],
      ["common/src/audit-trail/open.ts", "createAuditMetrics"],
    ],
    [
      ["broker/src/{*,domain/*,events/*,http/*,ledger/*}.ts", "broker"],
      ["broker/src/auditor/*.ts", "auditor"],
      ["creds-worker/src/**/*.ts", "creds_worker"],
      ["signer/src/**/*.ts", "signer"],
      ["operator/src/webhook/**/*.ts", "webhook"],
      ["operator/src/{wire,lead}.ts", "operator"],
      ["operator/src/{controllers,enrol,kube}/**/*.ts", "operator"],
      ["sidecar/src/**/*.ts", "sidecar"],
      ["relay/src/**/*.ts", "relay"],
    ],
  ),
};
mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(pages)) writeFileSync(`${FOLDER}/${name}.md`, text);
