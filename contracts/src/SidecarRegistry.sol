// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title Devices of operators and their actors
/// @notice A device key hash is the Keccak-256 of a device's 20 address bytes. Master devices act for an operator,
/// agent devices for one actor of it. Only the operator's master wallet writes.
/// @dev An operator omni is the SHA-256 of `"agentkeysevm" || lower-case address text` of its master wallet, so nobody
/// can bind another wallet's omni first.
contract SidecarRegistry is ERC2771Context {
    /// @notice One registered device, in the word order readers decode.
    struct Device {
        bytes32 operatorOmni;
        bytes32 actorOmni;
        bytes32 k11CredId;
        uint8 tier;
        uint8 roles;
        uint64 registeredAt;
        bool revoked;
    }

    /// @notice One agent device of a batch.
    struct AgentDevice {
        bytes32 deviceKeyHash;
        bytes32 actorOmni;
        bytes attestation;
        bytes pop;
    }

    /// @notice Role bit: caps may be minted for the device. The only one an agent device has.
    uint8 public constant ROLE_CAP_MINT = 1;
    /// @notice Role bit kept for recovery; nothing on chain reads it.
    uint8 public constant ROLE_RECOVERY = 2;
    /// @notice Role bit kept for scope management; nothing on chain reads it, the master wallet alone writes scopes.
    uint8 public constant ROLE_SCOPE_MGMT = 4;
    /// @notice Tier of a device that acts for its operator.
    uint8 public constant TIER_MASTER = 1;
    /// @notice Tier of a device that acts for one actor.
    uint8 public constant TIER_AGENT = 2;

    /// @notice The wallet that writes for an operator; zero before its bootstrap.
    mapping(bytes32 operatorOmni => address wallet) public operatorMasterWallet;
    /// @notice The operator whose actor this is, once it has a device; zero before. Shown by derivation, so nobody can claim another's.
    mapping(bytes32 actorOmni => bytes32 operatorOmni) public actorOperator;
    mapping(bytes32 deviceKeyHash => Device device) private _devices;
    mapping(bytes32 operatorOmni => bytes32[] deviceKeyHashes) private _operatorDevices;

    /// @notice The first master device of an operator was registered, and its master wallet bound for good.
    event OperatorBootstrapped(bytes32 indexed operatorOmni, address indexed masterWallet);
    /// @notice A device was registered; `attestation` is what its registration carried.
    event DeviceRegistered(
        bytes32 indexed deviceKeyHash, bytes32 indexed operatorOmni, bytes32 indexed actorOmni, uint8 tier, uint8 roles, bytes attestation
    );
    /// @notice A device was revoked for good.
    event DeviceRevoked(bytes32 indexed deviceKeyHash, bytes32 indexed operatorOmni, bytes32 indexed actorOmni);

    /// @notice Only the operator's master wallet may do this.
    error NotAuthorized(address caller, address expected);
    /// @notice A device is registered once, revoked or not.
    error DeviceAlreadyRegistered(bytes32 deviceKeyHash);
    /// @notice There is no such device.
    error DeviceNotRegistered(bytes32 deviceKeyHash);
    /// @notice The device is revoked already.
    error DeviceAlreadyRevoked(bytes32 deviceKeyHash);
    /// @notice The operator has no master device yet.
    error OperatorNotRegistered(bytes32 operatorOmni);
    /// @notice The operator omni is another wallet's.
    error OperatorOmniMismatch(bytes32 given, bytes32 expected);
    /// @notice The actor does not derive from the operator by the path that was given.
    error ActorNotDerived(bytes32 operatorOmni, bytes32 actorOmni);
    /// @notice The device did not sign for this operator and actor.
    error ProofOfPossessionInvalid(bytes32 deviceKeyHash);

    /// @param trustedForwarder ERC-2771 forwarder whose appended sender is believed; zero for none.
    constructor(address trustedForwarder) ERC2771Context(trustedForwarder) {}

    /// @notice Registers a master device; the first call of an operator binds its master wallet to the sender.
    /// @dev Reverts with {OperatorOmniMismatch} unless `operatorOmni` is the sender's own, {ActorNotDerived} unless the actor
    /// is the operator itself, {DeviceAlreadyRegistered}.
    /// Emits {OperatorBootstrapped} (first call) and {DeviceRegistered}.
    function registerMasterDevice(
        bytes32 deviceKeyHash,
        bytes32 operatorOmni,
        bytes32 actorOmni,
        uint8 roles,
        bytes calldata attestation
    ) external {
        bytes32 expected = omniOf(_msgSender());
        if (operatorOmni != expected) revert OperatorOmniMismatch(operatorOmni, expected);
        if (actorOmni != operatorOmni) revert ActorNotDerived(operatorOmni, actorOmni);
        if (operatorMasterWallet[operatorOmni] == address(0)) {
            operatorMasterWallet[operatorOmni] = _msgSender();
            emit OperatorBootstrapped(operatorOmni, _msgSender());
        }
        _register(deviceKeyHash, operatorOmni, actorOmni, TIER_MASTER, roles, attestation);
    }

    /// @notice Registers an agent device, which signed `pop` to show that it holds its key.
    /// @dev Reverts with {OperatorNotRegistered}, {NotAuthorized}, {ActorNotDerived}, {ProofOfPossessionInvalid},
    /// {DeviceAlreadyRegistered}.
    /// @param attestation `abi.encode(string[] segments)`: the path by which the actor derives from the operator.
    function registerAgentDevice(
        bytes32 deviceKeyHash,
        bytes32 operatorOmni,
        bytes32 actorOmni,
        bytes calldata attestation,
        bytes calldata pop
    ) external {
        _requireMaster(operatorOmni);
        _registerAgent(operatorOmni, deviceKeyHash, actorOmni, attestation, pop);
    }

    /// @notice Registers several agent devices of one operator; all or none.
    /// @dev Reverts and emits as {registerAgentDevice} does.
    function registerAgentDevices(bytes32 operatorOmni, AgentDevice[] calldata devices) external {
        _requireMaster(operatorOmni);
        for (uint256 i = 0; i < devices.length; ++i) {
            AgentDevice calldata device = devices[i];
            _registerAgent(operatorOmni, device.deviceKeyHash, device.actorOmni, device.attestation, device.pop);
        }
    }

    /// @notice Revokes a device for good.
    /// @dev Reverts with {DeviceNotRegistered}, {NotAuthorized}, {DeviceAlreadyRevoked}. Emits {DeviceRevoked}.
    function revokeDevice(bytes32 deviceKeyHash) external {
        Device storage device = _devices[deviceKeyHash];
        if (device.registeredAt == 0) revert DeviceNotRegistered(deviceKeyHash);
        _requireMaster(device.operatorOmni);
        if (device.revoked) revert DeviceAlreadyRevoked(deviceKeyHash);
        device.revoked = true;
        emit DeviceRevoked(deviceKeyHash, device.operatorOmni, device.actorOmni);
    }

    /// @notice The seven words of a device; all zero when it was never registered.
    function getDevice(bytes32 deviceKeyHash) external view returns (Device memory) {
        return _devices[deviceKeyHash];
    }

    /// @notice Whether a device is registered and not revoked.
    function isActive(bytes32 deviceKeyHash) external view returns (bool) {
        Device storage device = _devices[deviceKeyHash];
        return device.registeredAt != 0 && !device.revoked;
    }

    /// @notice Every device ever registered for an operator, oldest first.
    function getOperatorDevices(bytes32 operatorOmni) external view returns (bytes32[] memory) {
        return _operatorDevices[operatorOmni];
    }

    /// @notice Operator omni of a master wallet.
    function omniOf(address wallet) public pure returns (bytes32) {
        return sha256(bytes.concat("agentkeysevm", bytes(Strings.toHexString(wallet))));
    }

    /// @notice The actor that hierarchical segments lead to from an operator (upstream's `agentkeys-hdkd-v1`).
    function derive(bytes32 operatorOmni, string[] memory segments) public pure returns (bytes32 omni) {
        omni = operatorOmni;
        for (uint256 i = 0; i < segments.length; ++i) {
            omni = sha256(bytes.concat("agentkeys-hdkd-v1", omni, "//", bytes(segments[i])));
        }
    }

    /// @notice What an agent device signs (EIP-191, 32-byte message) to be registered.
    function popDigest(bytes32 deviceKeyHash, bytes32 operatorOmni, bytes32 actorOmni) public pure returns (bytes32) {
        return keccak256(
            bytes.concat("agentkeys-agent-pop:", _text(deviceKeyHash), ":", _text(operatorOmni), ":", _text(actorOmni))
        );
    }

    /// @notice Whether a forwarder's appended sender is believed; never for zero, which stands for none.
    function isTrustedForwarder(address forwarder) public view override returns (bool) {
        return forwarder != address(0) && super.isTrustedForwarder(forwarder);
    }

    function _registerAgent(
        bytes32 operatorOmni,
        bytes32 deviceKeyHash,
        bytes32 actorOmni,
        bytes calldata attestation,
        bytes calldata pop
    ) private {
        string[] memory segments = abi.decode(attestation, (string[]));
        bool derives = segments.length != 0 && derive(operatorOmni, segments) == actorOmni;
        if (!derives) revert ActorNotDerived(operatorOmni, actorOmni);
        bytes32 digest = MessageHashUtils.toEthSignedMessageHash(popDigest(deviceKeyHash, operatorOmni, actorOmni));
        (address signer, ECDSA.RecoverError fault,) = ECDSA.tryRecover(digest, _withHighV(pop));
        bool holds = fault == ECDSA.RecoverError.NoError && keccak256(abi.encodePacked(signer)) == deviceKeyHash;
        if (!holds) revert ProofOfPossessionInvalid(deviceKeyHash);
        _register(deviceKeyHash, operatorOmni, actorOmni, TIER_AGENT, ROLE_CAP_MINT, attestation);
    }

    function _register(
        bytes32 deviceKeyHash,
        bytes32 operatorOmni,
        bytes32 actorOmni,
        uint8 tier,
        uint8 roles,
        bytes calldata attestation
    ) private {
        if (_devices[deviceKeyHash].registeredAt != 0) revert DeviceAlreadyRegistered(deviceKeyHash);
        _devices[deviceKeyHash] = Device(operatorOmni, actorOmni, bytes32(0), tier, roles, uint64(block.timestamp), false);
        _operatorDevices[operatorOmni].push(deviceKeyHash);
        actorOperator[actorOmni] = operatorOmni;
        emit DeviceRegistered(deviceKeyHash, operatorOmni, actorOmni, tier, roles, attestation);
    }

    function _requireMaster(bytes32 operatorOmni) private view {
        address wallet = operatorMasterWallet[operatorOmni];
        if (wallet == address(0)) revert OperatorNotRegistered(operatorOmni);
        if (_msgSender() != wallet) revert NotAuthorized(_msgSender(), wallet);
    }

    /// @dev Upstream writes the recovery id as 0 or 1, OpenZeppelin wants 27 or 28.
    function _withHighV(bytes memory signature) private pure returns (bytes memory) {
        if (signature.length == 65 && uint8(signature[64]) < 2) signature[64] = bytes1(uint8(signature[64]) + 27);
        return signature;
    }

    function _text(bytes32 word) private pure returns (bytes memory) {
        return bytes(Strings.toHexString(uint256(word), 32));
    }
}
