/**
 * The data path of the sidecar: plain HTTP from the agent on loopback, verified TLS to the one upstream of each service, the key
 * added on the way. Must not know how credentials, policies or revocations arrive (see ports.ts), nor Kubernetes.
 * Bodies and answers are streamed and never kept.
 */
export { createProxy } from "./server.ts";
export type {
  Budget,
  Credential,
  CredentialSource,
  Entrance,
  PolicySource,
  Proxy,
  ProxyDeps,
  Reservation,
  ResolveHost,
  Revocations,
  RunningProxy,
} from "./ports.ts";
