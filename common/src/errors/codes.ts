/**
 * The one table of fault codes. A code is the wire `reason` of docs protocol §5, is never reused and never renamed;
 * callers switch on it, never on a message. `message` is public: safe to show, says what to do.
 */
export const CODES = {
  // shape and authentication
  invalid_input: { status: 400, retryable: false, message: "The request is malformed" },
  unauthorized: { status: 401, retryable: false, message: "Authentication failed: send a valid, unexpired token and proof" },
  cap_pop_invalid: { status: 403, retryable: false, message: "The proof of possession does not match this request" },
  not_found: { status: 404, retryable: false, message: "No such route" },
  payload_too_large: { status: 413, retryable: false, message: "The body is larger than this endpoint accepts" },
  enrol_refused: { status: 403, retryable: true, message: "This pod may not enrol: check its binding annotation and service account" },
  // minting
  operator_mismatch: { status: 403, retryable: false, message: "The request names another operator than the delegation" },
  device_not_active: { status: 403, retryable: true, message: "The device is not registered on chain" },
  device_revoked: { status: 403, retryable: false, message: "The device was revoked on chain" },
  device_binding_mismatch: { status: 403, retryable: false, message: "The device belongs to another operator or actor" },
  device_role_missing: { status: 403, retryable: false, message: "The device lacks the CAP_MINT role" },
  cred_store_read_only: { status: 403, retryable: false, message: "The actor's scope is read-only" },
  service_not_in_scope: { status: 403, retryable: true, message: "The service is not in the actor's scope on chain" },
  // audit
  audit_conflict: {
    status: 409,
    retryable: false,
    message: "The rows do not continue what is stored for this stream: begin a new one",
  },
  audit_unavailable: { status: 503, retryable: true, message: "Audit rows cannot be stored now: keep them and send them again" },
  audit_invalid: { status: 500, retryable: false, message: "What is stored is not what was recorded: see the report" },
  chain_rpc_error: { status: 502, retryable: true, message: "The chain could not be read" },
  sign_error: { status: 500, retryable: true, message: "The token could not be signed" },
  // worker and signer
  broker_sig_invalid: { status: 403, retryable: false, message: "The cap is not signed by the broker" },
  cap_op_mismatch: { status: 403, retryable: false, message: "The cap is for another operation" },
  cap_data_class_mismatch: { status: 403, retryable: false, message: "The cap is for another data class" },
  cap_freshness_failed: { status: 403, retryable: true, message: "The cap is expired or issued in the future" },
  device_inactive: { status: 403, retryable: false, message: "The device is not active on chain" },
  k3_epoch_mismatch: { status: 403, retryable: true, message: "The cap names another key epoch than the chain" },
  k3_key_missing: {
    status: 500,
    retryable: true,
    message: "The signer does not hold the key of this epoch: run `agentkeys rotate status`, then add the key to the signer",
  },
  no_such_credential: { status: 404, retryable: true, message: "No credential is stored for this service: run `agentkeys credential put`" },
  version_conflict: { status: 409, retryable: false, message: "The stored version changed: read it again and retry" },
  chain_rpc: { status: 502, retryable: true, message: "The chain could not be read" },
  signer_unavailable: { status: 502, retryable: true, message: "The signer could not be reached or refused" },
  sts_refused: { status: 502, retryable: true, message: "The token service refused the actor's session" },
  s3_get: { status: 502, retryable: true, message: "The object store refused or failed a read" },
  s3_put: { status: 502, retryable: true, message: "The object store refused or failed a write" },
  s3_list: { status: 502, retryable: true, message: "The object store refused or failed a listing" },
  envelope_decrypt: { status: 500, retryable: false, message: "The stored credential cannot be decrypted" },
  envelope_unknown_version: { status: 500, retryable: false, message: "The stored credential has an unknown format" },
  envelope_key_missing: {
    status: 500,
    retryable: false,
    message:
      "The stored credential is of an older deployment whose key is not configured: give it to the signer (legacyDir) or store the credential again",
  },
  envelope_too_short: { status: 500, retryable: false, message: "The stored credential is truncated" },
  // relay
  relay_signature_invalid: {
    status: 403,
    retryable: false,
    message: "The request is not signed by its wallet for this chain's forwarder: sign it anew",
  },
  relay_wallet_refused: { status: 403, retryable: false, message: "This relay does not carry this wallet's requests" },
  relay_target_refused: { status: 403, retryable: false, message: "This relay carries calls of AgentKeys' contracts only" },
  relay_gas_refused: { status: 403, retryable: false, message: "The request asks for more or less gas than the relay pays" },
  relay_deadline_refused: { status: 403, retryable: false, message: "The request's deadline is too near or too far" },
  relay_nonce_refused: {
    status: 409,
    retryable: true,
    message: "Another request of this wallet is under way: wait until it is over, then sign with the forwarder's next nonce",
  },
  relay_would_revert: { status: 409, retryable: false, message: "The chain would refuse this request: nothing was sent" },
  relay_quota_exceeded: { status: 429, retryable: true, message: "As many requests as this relay carries were taken: try later" },
  relay_unavailable: {
    status: 503,
    retryable: true,
    message: "The relay cannot carry requests now: try later, or send the transaction yourself (without --relay)",
  },
  // sidecar proxy
  guard_refused: {
    status: 403,
    retryable: false,
    message: "Only programs in this pod may call the proxy, and only at localhost with its port",
  },
  bad_request: { status: 400, retryable: false, message: "The request is not well-formed HTTP" },
  bad_path: { status: 400, retryable: false, message: "The path holds dot segments, empty segments or encodings that are not passed on" },
  header_too_large: { status: 431, retryable: false, message: "The request's headers are too large" },
  request_timeout: { status: 408, retryable: true, message: "The request was not received in time" },
  method_refused: { status: 405, retryable: false, message: "This method is not passed on" },
  upgrade_refused: { status: 501, retryable: false, message: "Only a valid WebSocket handshake (RFC 6455, version 13) is passed on" },
  unknown_service: {
    status: 404,
    retryable: false,
    message: "No such service: the path starts with the name of a service of this binding",
  },
  broker_silent: {
    status: 503,
    retryable: true,
    message: "The broker has not been heard for 60 s: no credential is fetched until it is",
  },
  policy_missing: { status: 503, retryable: true, message: "The proxy has no policy yet" },
  binding_suspended: { status: 403, retryable: false, message: "The binding is suspended" },
  caller_refused: { status: 403, retryable: false, message: "This process may not use the service" },
  svid_missing: { status: 401, retryable: false, message: "Present an X.509-SVID as client certificate: this port is for workloads" },
  svid_malformed: { status: 403, retryable: false, message: "The client certificate is no X.509-SVID of a workload" },
  svid_expired: {
    status: 403,
    retryable: true,
    message: "The client's X.509-SVID has expired or is not valid yet: connect again with the current one",
  },
  trust_domain_refused: {
    status: 403,
    retryable: false,
    message: "The client's X.509-SVID was not issued by an authority of a trust domain that this proxy trusts",
  },
  pin_mismatch: {
    status: 403,
    retryable: false,
    message: "The workload is not the one that is pinned: its key or its measurement is another one than the binding names",
  },
  attestation_refused: {
    status: 403,
    retryable: true,
    message:
      "The attestation token is not valid for this connection: ask the verifier for a new one, made out to the key of the client's certificate",
  },
  workload_identity_missing: {
    status: 503,
    retryable: true,
    message: "The proxy has no valid X.509-SVID of its own: check the Workload API and the proxy's registration entry",
  },
  route_refused: { status: 403, retryable: false, message: "The binding does not allow this method and path" },
  placeholder_missing: { status: 401, retryable: false, message: "Send the placeholder where the key would go" },
  placeholder_wrong: {
    status: 401,
    retryable: false,
    message: "Send the placeholder where the key would go: the value sent is another one",
  },
  placeholder_misplaced: {
    status: 400,
    retryable: false,
    message: "The placeholder is only accepted where the key would go; it was found elsewhere",
  },
  real_key_refused: {
    status: 401,
    retryable: false,
    message: "A real-looking key was sent: agents send the placeholder, the proxy adds the key",
  },
  rate_limited: { status: 429, retryable: true, message: "The binding's request rate is used up" },
  concurrency_limited: { status: 429, retryable: true, message: "Too many requests of this binding are running" },
  body_unreadable: {
    status: 400,
    retryable: false,
    message: "A call with a price must be one plain JSON object that names its model, its limits and its options once",
  },
  model_unpriced: {
    status: 403,
    retryable: false,
    message: "The service has a daily budget and this model has no known price: use a priced model, or set spec.pricing.unknownModel",
  },
  budget_exceeded: { status: 429, retryable: true, message: "The binding's daily budget for this service does not cover the call" },
  budget_refused: { status: 403, retryable: false, message: "The budget statement is not one of this session's device, actor and service" },
  ledger_unreachable: {
    status: 503,
    retryable: true,
    message: "The budget's ledger could not be reached: what was leased is used up, and nothing is spent unseen",
  },
  credential_malformed: { status: 502, retryable: false, message: "The stored credential cannot be sent in this service's key slot" },
  upstream_address_refused: { status: 502, retryable: false, message: "The service's host resolves to an address that is not dialled" },
  upstream_loop: { status: 508, retryable: false, message: "The service's host is this proxy" },
  upstream_tls: { status: 502, retryable: false, message: "The service's certificate could not be verified" },
  upstream_timeout: { status: 504, retryable: true, message: "The remote service did not answer in time" },
  revoked: { status: 403, retryable: false, message: "The service was revoked while the request ran" },
  client_aborted: { status: 499, retryable: false, message: "The client closed the connection" },
  shutting_down: { status: 503, retryable: true, message: "The proxy is shutting down" },
  // signing with the master wallet
  call_refused: { status: 403, retryable: false, message: "The transaction is not one that AgentKeys makes: do not sign it" },
  wallet_rejected: { status: 403, retryable: false, message: "The wallet did not sign: nothing was sent" },
  wallet_page_closed: { status: 410, retryable: true, message: "The page of the wallet was closed: run the command again" },
  // workstation
  device_key_missing: {
    status: 500,
    retryable: false,
    message: "This workstation has no device key: run `agentkeys device register`",
  },
  device_key_refused: { status: 500, retryable: false, message: "The device key of this workstation cannot be used" },
  socket_refused: { status: 500, retryable: false, message: "The daemon's socket cannot be opened where it should be" },
  daemon_running: { status: 500, retryable: false, message: "Another daemon serves this socket already: stop it first" },
  native_unavailable: {
    status: 500,
    retryable: false,
    message: "The kernel cannot be asked who is calling: run `npm install` on this machine, Linux with glibc",
  },
  // edges
  upstream_unreachable: { status: 502, retryable: true, message: "The remote service could not be reached" },
  kube_api: { status: 502, retryable: true, message: "The Kubernetes API could not be reached or refused" },
  config_invalid: { status: 500, retryable: false, message: "The configuration is invalid" },
  internal: { status: 500, retryable: true, message: "Internal error: see the log with this request id" },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof CODES;
