/** The part of the contracts' interface that readers need; `contracts/test` holds it equal to what was compiled. */
export const LENS_ABI = [
  "function capFacts(bytes32 deviceKeyHash, bytes32 operatorOmni, bytes32 actorOmni, bytes32 service) view returns (tuple(tuple(bytes32 operatorOmni, bytes32 actorOmni, bytes32 k11CredId, uint8 tier, uint8 roles, uint64 registeredAt, bool revoked) device, bytes32 actorOperator, bool inScope, bool readOnly, uint256 epoch, uint256 blockNumber, uint256 blockTimestamp))",
];
export const EVENT_ABI = [
  "event OperatorBootstrapped(bytes32 indexed operatorOmni, address indexed masterWallet)",
  "event DeviceRegistered(bytes32 indexed deviceKeyHash, bytes32 indexed operatorOmni, bytes32 indexed actorOmni, uint8 tier, uint8 roles, bytes attestation)",
  "event DeviceRevoked(bytes32 indexed deviceKeyHash, bytes32 indexed operatorOmni, bytes32 indexed actorOmni)",
  "event ScopeUpdated(bytes32 indexed operatorOmni, bytes32 indexed agentOmni, bytes32[] services, bool readOnly)",
  "event ScopeRevoked(bytes32 indexed operatorOmni, bytes32 indexed agentOmni)",
  "event K3Rotated(uint256 indexed previousEpoch, uint256 indexed newEpoch)",
];
