/**
 * The injected container: what it looks like, how to know it again, and what of a pod would let somebody else have its token.
 * Pure; must not know HTTP, bindings' rules or the API server.
 */
export { PLACEHOLDER_VARIABLE, proxyContainer, proxyVolumes } from "./container.ts";
export { podShapeOf } from "./pod-shape.ts";
export { differenceOfProxy, differenceOfVolumes } from "./recognise.ts";
export { allContainers, enrolProblem, tokenMisuse } from "./token.ts";
export {
  ADMIN_PORT,
  DEFAULT_MTLS_PORT,
  DEFAULT_PROXY_PORT,
  PROXY_CONTAINER,
  STATE_DIR,
  TOKEN_AUDIENCE,
  TOKEN_DIR,
  type Container,
  type EnvVar,
  type ProxySettings,
  type RawPod,
  type RawPodSpec,
  type Volume,
} from "./types.ts";
