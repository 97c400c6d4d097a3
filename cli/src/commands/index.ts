/**
 * Every command, in the order of the help. Must not know how they are called.
 */
import type { Command } from "../command.ts";
import { apply } from "./apply.ts";
import { auditAuthorise, auditList, auditProve, auditVerify } from "./audit.ts";
import { awsPolicies, awsTerraform } from "./aws.ts";
import { chainDeploy } from "./chain-deploy.ts";
import { daemon } from "./daemon.ts";
import { deviceRegister, deviceRevoke } from "./device.ts";
import { env } from "./env.ts";
import { exec } from "./exec.ts";
import { credentialList, credentialPut, credentialRm } from "./credential.ts";
import { doctor } from "./doctor.ts";
import { provision } from "./evaluation.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { migrate } from "./migrate.ts";
import { rotateRetire } from "./retire.ts";
import { rotateKey, rotateReencrypt, rotateStatus } from "./rotate.ts";
import { oidcExport } from "./oidc.ts";
import { relay } from "./relay.ts";
import { grant, revoke } from "./scope.ts";
import { status } from "./status.ts";

export const COMMANDS: readonly Command[] = [
  init,
  chainDeploy,
  status,
  doctor,
  explain,
  apply,
  grant,
  revoke,
  credentialPut,
  credentialList,
  credentialRm,
  rotateKey,
  rotateStatus,
  rotateReencrypt,
  rotateRetire,
  migrate,
  auditList,
  auditVerify,
  auditProve,
  auditAuthorise,
  awsPolicies,
  awsTerraform,
  oidcExport,
  deviceRegister,
  deviceRevoke,
  daemon,
  env,
  exec,
  relay,
  provision,
];
