/**
 * Who is asking, and whether a rule fits. In a pod the peer must sit on loopback, so in this pod's network namespace; its uid is
 * looked up only when a service names its callers. Must not know services, credentials or HTTP.
 */
export { createCallerGuard, identifyOnce, peerPairOf, type CallerGuard, type Peer, type RemotePeer } from "./guard.ts";
export {
  callerName,
  isOtherwisePinned,
  ruleFor,
  strangerName,
  type CallerIdentity,
  type ProcessIdentity,
  type WorkloadIdentity,
} from "./identity.ts";
export { findSocketUid, type SocketPair } from "./proc-net-tcp.ts";
