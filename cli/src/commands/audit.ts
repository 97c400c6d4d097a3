import { AgentKeysError } from "@agentkeys/common/errors";
import { isAddress } from "ethers";
import { readFileSync } from "node:fs";
import { checkOperator, readRows, type StoredRow } from "../audit/check.ts";
import { openChain, openStore, operatorsOf, STORE_OPTIONS } from "../audit/open.ts";
import { parseProof, problemsOfProof, proveRow, type RowProof } from "../audit/proof.ts";
import { transactionLink } from "../chain/links.ts";
import { noMoreWords, usage, type Call, type CommandBody } from "../command.ts";
import { openWallet } from "../master.ts";
import type { Row } from "../output.ts";
import { CHAIN_OPTIONS, RELAY_OPTION, WALLET_OPTIONS } from "../options.ts";

const MOST_LISTED = 1000;
const KINDS = ["call", "credential", "open", "close", "gap"];

export const auditList: CommandBody = {
  operands: "[<namespace>/<binding>]",
  detail: `Reads the audit bucket with your own credentials, or a copy of it. Without --bucket and --from it reads the store of the evaluation
profile. JSON rows are exactly those that hashes are taken of, with the hash; deviceRevoked says that the row came when its device was
revoked already.`,
  example: "agentkeys audit list team-a/research-agent --since 2026-11-25 --bucket acme-agentkeys-audit",
  options: {
    ...CHAIN_OPTIONS,
    ...STORE_OPTIONS,
    service: { type: "string", value: "<name>", description: "only rows of this service" },
    since: { type: "string", value: "<time>", description: "only rows from this time on (RFC 3339, or a day)" },
    kind: { type: "string", value: "<kind>", description: `one of ${KINDS.join(", ")}` },
  },
  run: async (call) => {
    noMoreWords(call, 1);
    const since = sinceOf(call);
    const isAsked = filterOf(call, since);
    const store = await openStore(call);
    const rows: Record<string, unknown>[] = [];
    for (const operator of await operatorsOf(call, store))
      for await (const stored of readRows(store, operator, call.say, since === undefined ? undefined : isoTime(since).slice(0, 10)))
        if (isAsked(stored)) rows.push(listedRow(stored));
    rows.sort((a, b) => (String(a["time"]) < String(b["time"]) ? -1 : 1));
    if (rows.length > MOST_LISTED) call.say(`the last ${MOST_LISTED} of ${rows.length} rows: narrow it with --since or --service`);
    const shown = rows.slice(-MOST_LISTED);
    call.answer(shown, shown.map(tableRow));
    return undefined;
  },
};

function listedRow({ row, isRevoked }: StoredRow): Record<string, unknown> {
  return { ...row.fields, hash: row.hash, ...(isRevoked ? { deviceRevoked: true } : {}) };
}

/** Milliseconds; a day begins at midnight UTC. */
function sinceOf(call: Call): number | undefined {
  const given = call.text("since");
  if (given === undefined) return undefined;
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given);
  if (isTime && Number.isFinite(Date.parse(given))) return Date.parse(given);
  throw usage("--since must be a day (2026-11-25) or a time (2026-11-25T13:00:00Z)");
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

function filterOf(call: Call, since: number | undefined): (stored: StoredRow) => boolean {
  const [service, kind] = [call.text("service"), call.text("kind")];
  if (kind !== undefined && !KINDS.includes(kind)) throw usage(`--kind must be one of ${KINDS.join(", ")}`);
  const [namespace, binding] = (call.words[0] ?? "").split("/");
  if (call.words[0] !== undefined && binding === undefined) throw usage("Name the binding as <namespace>/<name>");
  return ({ row: { fields } }) =>
    (service === undefined || fields["service"] === service) &&
    (since === undefined || Date.parse(String(fields["time"])) >= since) &&
    (kind === undefined || fields["kind"] === kind) &&
    (binding === undefined || (fields["namespace"] === namespace && fields["binding"] === binding));
}

function tableRow(fields: Record<string, unknown>): Row {
  const { time, kind, namespace, pod, service, method, op, route, status, decision, reason, costNanoDollars, hash, deviceRevoked } = fields;
  const what = kind === "call" ? `${String(method)} ${String(route)}` : typeof op === "string" ? op : "";
  return {
    time,
    kind,
    pod: `${String(namespace)}/${String(pod)}${deviceRevoked === true ? " (device revoked)" : ""}`,
    service,
    what,
    status,
    decision,
    reason,
    nanoUsd: costNanoDollars,
    hash,
  };
}

export const auditVerify: CommandBody = {
  operands: "[<proof file>]",
  detail: `Recomputes the hash chain of every stream and compares every tree with its root on chain, which it reads itself. A row that differs is
named, and the exit code is 1. With a proof file it checks that one alone and needs no bucket. Any reader of bucket and chain can do it.`,
  example: "agentkeys audit verify --bucket acme-agentkeys-audit --chain-file chain.json",
  options: { ...CHAIN_OPTIONS, ...STORE_OPTIONS },
  run: async (call) => {
    noMoreWords(call, 1);
    const [file] = call.words;
    return file === undefined ? await verifyAll(call) : await verifyProof(call, file);
  },
};

async function verifyAll(call: Call): Promise<number | undefined> {
  const [store, { chain }] = [await openStore(call), await openChain(call)];
  const operators = await operatorsOf(call, store);
  if (operators.length === 0)
    throw new AgentKeysError("not_found", { message: "There are no audit rows here, so nothing was checked: name the bucket or its copy" });
  const reports = [];
  for (const operator of operators) reports.push(await checkOperator(store, chain, operator));
  const table = reports.map(({ problems, ...numbers }) => ({ ...numbers, problems: problems.length }));
  call.answer(reports, table);
  const problems = reports.flatMap((report) => report.problems);
  for (const problem of problems) call.say(problem);
  return problems.length === 0 ? undefined : 1;
}

async function verifyProof(call: Call, file: string): Promise<number | undefined> {
  const proof = parseProof(readProof(file));
  const { chain } = await openChain(call);
  const problems = await problemsOfProof(proof, chain);
  const facts = { row: proof.hash, tree: proof.tree.index, root: proof.tree.root, proven: problems.length === 0 };
  call.answer({ ...facts, problems }, { facts });
  for (const problem of problems) call.say(problem);
  return problems.length === 0 ? undefined : 1;
}

function readProof(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AgentKeysError("config_invalid", {
      message: `${file} cannot be read: give a file made by agentkeys audit prove --json`,
      cause,
    });
  }
}

export const auditProve: CommandBody = {
  operands: "<row>",
  detail: `<row> is a row's hash, a call's request id, or <stream>/<sequence>. With --json the answer is a file that audit verify checks with the
chain alone.`,
  example: "agentkeys audit prove 6f1c… --json > proof.json",
  options: { ...CHAIN_OPTIONS, ...STORE_OPTIONS },
  run: async (call) => {
    noMoreWords(call, 1);
    const [wanted] = call.words;
    if (wanted === undefined) throw usage("Name the row by its hash, its request id, or <stream>/<sequence>");
    const [store, { config, contract, chain }] = [await openStore(call), await openChain(call)];
    const proof = await firstProof(await operatorsOf(call, store), (operator) =>
      proveRow({ store, chain, chainId: config.chainId, contract }, operator, wanted),
    );
    const explorer = transactionLink(config, proof.chain.transaction);
    const link = explorer === undefined ? {} : { explorer };
    call.answer({ ...proof, ...link }, { facts: { ...proof, tree: proof.tree.index, root: proof.tree.root, ...proof.chain, ...link } });
    return undefined;
  },
};

async function firstProof(operators: readonly string[], prove: (operator: string) => Promise<RowProof>): Promise<RowProof> {
  let fault: unknown = new AgentKeysError("not_found", { message: "The bucket holds no audit rows" });
  for (const operator of operators) {
    try {
      return await prove(operator);
    } catch (cause) {
      fault = cause;
    }
  }
  throw fault;
}

export const auditAuthorise: CommandBody = {
  operands: "<auditor address>",
  detail:
    "One transaction of the operator's master wallet. The address is in the log of the auditor; the zero address takes the right away.",
  example: "agentkeys audit authorise 0x5f2c… --chain-file chain.json",
  options: { ...CHAIN_OPTIONS, ...WALLET_OPTIONS, ...RELAY_OPTION },
  run: async (call) => {
    noMoreWords(call, 1);
    const [auditor] = call.words;
    if (auditor === undefined || !isAddress(auditor)) throw usage("Name the auditor by its address (0x and 40 hex digits)");
    const { config } = await openChain(call);
    const wallet = await openWallet(call, config, undefined);
    const { hash, block } = await wallet.setAuditor(auditor);
    const explorer = transactionLink(config, hash);
    const link = explorer === undefined ? {} : { explorer };
    const rows = [{ operator: wallet.operatorOmni, auditor, transaction: hash, block, ...link }];
    call.answer(rows, rows);
    return undefined;
  },
};
