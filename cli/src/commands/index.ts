/**
 * Every command, in the order of the help; its code is loaded when it is called. Must not know how they are called.
 */
import type { Command, CommandBody } from "../command.ts";

/** A command's line in the overview, and the rest of it on demand. */
export interface Listed {
  /** The words that call it, as in `credential put`. */
  name: string;
  summary: string;
  load: () => Promise<Command>;
}

function listed(name: string, summary: string, body: () => Promise<CommandBody>): Listed {
  return { name, summary, load: async () => ({ name, summary, ...(await body()) }) };
}

export const COMMANDS: readonly Listed[] = [
  listed("init", "make your master wallet and device key", async () => (await import("./init.ts")).init),
  listed("chain deploy", "deploy the contracts and write chain.json", async () => (await import("./chain-deploy.ts")).chainDeploy),
  listed("status", "versions, chain, operator and every binding", async () => (await import("./status.ts")).status),
  listed("doctor", "check the installation, one row a check", async () => (await import("./doctor.ts")).doctor),
  listed("explain pod", "why a pod is injected or not, and what is missing", async () => (await import("./explain.ts")).explain),
  listed("apply", "sign what bindings propose, with your own wallet", async () => (await import("./apply.ts")).apply),
  listed("grant", "set the services an actor may use, on chain", async () => (await import("./scope.ts")).grant),
  listed("revoke", "take everything from an actor, on chain", async () => (await import("./scope.ts")).revoke),
  listed(
    "credential put",
    "store a credential read from standard input or a file",
    async () => (await import("./credential.ts")).credentialPut,
  ),
  listed("credential list", "what is stored for a binding, without values", async () => (await import("./credential.ts")).credentialList),
  listed("credential rm", "delete credentials of a binding", async () => (await import("./credential.ts")).credentialRm),
  listed(
    "rotate k3",
    "make the storage key of the next epoch and move the chain to it",
    async () => (await import("./rotate.ts")).rotateKey,
  ),
  listed(
    "rotate status",
    "where a rotation stands: the chain, the keys, each signer",
    async () => (await import("./rotate.ts")).rotateStatus,
  ),
  listed(
    "rotate reencrypt",
    "seal every stored credential under the current epoch",
    async () => (await import("./rotate.ts")).rotateReencrypt,
  ),
  listed(
    "rotate retire",
    "take an old storage key away for good, once nothing needs it",
    async () => (await import("./retire.ts")).rotateRetire,
  ),
  listed("migrate", "move wallet-keyed credentials to their actors' paths", async () => (await import("./migrate.ts")).migrate),
  listed(
    "audit list",
    "show audit rows: calls of proxies, and what the creds-worker did",
    async () => (await import("./audit.ts")).auditList,
  ),
  listed(
    "audit verify",
    "check that nothing was changed, dropped or reordered, against the chain",
    async () => (await import("./audit.ts")).auditVerify,
  ),
  listed(
    "audit prove",
    "prove a row: its text, its place in a tree, and the transaction of the tree's root",
    async () => (await import("./audit.ts")).auditProve,
  ),
  listed(
    "audit authorise",
    "let an auditor's wallet append roots for your operator, on chain",
    async () => (await import("./audit.ts")).auditAuthorise,
  ),
  listed("aws policies", "print the policies of role and bucket on AWS", async () => (await import("./aws.ts")).awsPolicies),
  listed(
    "aws terraform",
    "print the same, and bucket and OIDC provider, as Terraform",
    async () => (await import("./aws.ts")).awsTerraform,
  ),
  listed("oidc export", "write the issuer's two public files for a static host", async () => (await import("./oidc.ts")).oidcExport),
  listed(
    "device register",
    "make this workstation a device of an agent, on chain",
    async () => (await import("./device.ts")).deviceRegister,
  ),
  listed("device revoke", "take a workstation's device on chain, for good", async () => (await import("./device.ts")).deviceRevoke),
  listed("daemon", "run the proxy of this workstation", async () => (await import("./daemon.ts")).daemon),
  listed("env", "variables by which programs find the daemon", async () => (await import("./env.ts")).env),
  listed("exec", "run a program that finds its services at the daemon", async () => (await import("./exec.ts")).exec),
  listed("relay", "carry signed requests to the chain and pay for them", async () => (await import("./relay.ts")).relay),
  listed(
    "evaluation provision-store",
    "make bucket and policy of the evaluation store",
    async () => (await import("./evaluation.ts")).provision,
  ),
];
