/** Why some of upstream's vectors do not concern what is built; every other one has a runner in `runners.ts`. */

const WEBAUTHN = "K11 (WebAuthn) is not built: the master wallet itself signs every transaction (protocol §7)";
const DPOP = "K10 no longer signs each cap request: RFC 9449 proofs by the session key do (protocol §3)";
const JWS_CAP = "a cap is a compact JWS (protocol §4); dgh binds it instead of a hash of its JSON";
const NO_LIMITS = "a scope has no spend limits on chain (protocol §7): quotas are the sidecar's";
const CBOR = "audit rows are JSON lines of the sidecar: CBOR envelopes are not built";
const PEOPLE = "an operator is the wallet that signs (protocol §1): identities of people are not built";

const ids = (group: string, ...names: string[]): string[] => names.map((name) => `${group}.${name}`);

const groups: [reason: string, ids: string[]][] = [
  [PEOPLE, ids("omni", "email_agentkeys", "email_wildmeta")],
  ["a device key hash is of 20 address bytes (protocol §1): the master-account model of 32 omni bytes came later", ["device.device_key_hash_from_zero_omni"]],
  ["a delegation is EIP-712 by K10 over the session key (protocol §2)", ["device.delegation_sig"]],
  [DPOP, ids("cap_pop", "prefix_case_a", "prefix_case_b", "minimal", "full_width")],
  [NO_LIMITS, ["selector.setScope", "event_topic.ScopeUpdated"]],
  [
    WEBAUTHN,
    [
      ...ids("selector", "setScopeWithWebauthn_k11", "revokeScope_k11", "operatorNonce_36c34449", "registerMasterDevice_f732cd44"),
      ...ids("selector", "revokeDevice_55b86021", "revokeScope_6e596f67", "registerFirstMasterDevice_adad96a6"),
      ...ids("selector", "registerAdditionalMasterDevice_f4af30d4", "revokeMasterDevice_5fd0bb92"),
      ...ids("event_topic", "RecoveryThresholdSet"),
      ...ids("error_selector", "K11AssertionRequired", "K11VerificationFailed", "InsufficientQuorum", "DuplicateAttestor"),
      ...ids("error_selector", "StaleSignCount", "InvalidRecoveryThreshold", "K11RoleMissing", "ChallengeMismatch"),
      ...ids("error_selector", "MalformedClientDataJSON", "RpIdHashMismatch", "UserPresenceMissing", "WrongClientDataType"),
      ...ids("k11_op", "register-first-master", "register-master", "revoke-master", "set-recovery-threshold", "revoke-scope"),
      ...ids("k11", "set_scope_assertion", "zero_challenge_b64url", "read_sign_count", "stub_assertion"),
    ],
  ],
  ["one revokeDevice(bytes32) revokes both tiers (protocol §7)", ["selector.revokeAgentDevice_b269f9fb"]],
  ["the epoch's governance is set once, at deployment (protocol §7)", ["event_topic.SignerGovernanceTransferred"]],
  ["rows reach the chain as roots of trees alone, not one by one (protocol §7)", ["selector.append_c1bf0e32", "event_topic.AuditAppended"]],
  ["leaves and nodes of our trees are told apart, and a proof names its place (protocol §7): sorted pairs do neither", ["merkle.four_leaf_root"]],
  ["retired upstream: the AAD is text and names no epoch (protocol §6)", ["aad.worker_hashed_RETIRED"]],
  ["our worker does read 0x01, from the wallet's own path alone (protocol §6, WRK-14)", ["envelope_negative.worker_rejects_v1"]],
  [JWS_CAP, ids("cap_token", "broker_sig", "cap_hash")],
  [CBOR, ids("audit_envelope", "cred_fetch_alphabetical_keys", "cred_fetch_rfc8949_deterministic")],
];

/** Vector id to the reason why nothing runs it. */
export const APART = new Map(groups.flatMap(([reason, of]) => of.map((id) => [id, reason] as const)));
