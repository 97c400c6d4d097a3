/**
 * A workstation of its owner: where its files are, which of them may be trusted, what they say and what programs are told. The daemon
 * and the command share it. Must not know sockets, processes or the chain.
 */
export { parseDaemonFile, renderDaemonFile, type DaemonFile } from "./daemon-file.ts";
export { dialOf } from "./dial.ts";
export { createDeviceKey, readDeviceKey } from "./device-key.ts";
export { envText, serviceVariables, type Variable } from "./env.ts";
export { readGuarded, type Guarded } from "./guarded-file.ts";
export { replaceWhole } from "./whole-file.ts";
export { workstationPaths, type WorkstationPaths } from "./paths.ts";
export { buildWorkstationPolicy, servicesOfPrograms, type PolicyMachine, type WorkstationIdentity } from "./policy.ts";
export { emptyPolicyFile, parsePolicyFile, type PolicyFile, type PolicyRule } from "./policy-file.ts";
