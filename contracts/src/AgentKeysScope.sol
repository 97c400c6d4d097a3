// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {SidecarRegistry} from "./SidecarRegistry.sol";

/// @title Which services an actor may use
/// @notice A scope is a set of service hashes (Keccak-256 of the lower-case name), written by the operator's master wallet.
/// @dev Membership is kept under a generation, so that replacing a scope forgets every older entry at once.
contract AgentKeysScope is ERC2771Context {
    /// @notice One scope of a batch.
    struct ScopeEntry {
        bytes32 agentOmni;
        bytes32[] services;
        bool readOnly;
    }

    /// @notice What is kept for one actor; `generation` is the one under which its services are members.
    struct Scope {
        bytes32[] services;
        bool readOnly;
        bool set;
        uint64 generation;
    }

    /// @notice The registry that knows each operator's master wallet.
    SidecarRegistry public immutable registry;

    mapping(bytes32 operatorOmni => mapping(bytes32 agentOmni => Scope scope)) private _scopes;
    mapping(bytes32 operatorOmni => mapping(bytes32 agentOmni => mapping(uint64 generation => mapping(bytes32 service => bool))))
        private _members;

    /// @notice An actor may use exactly these services from now on.
    event ScopeUpdated(bytes32 indexed operatorOmni, bytes32 indexed agentOmni, bytes32[] services, bool readOnly);
    /// @notice An actor may use no service any more.
    event ScopeRevoked(bytes32 indexed operatorOmni, bytes32 indexed agentOmni);

    /// @notice Only the operator's master wallet may do this.
    error NotAuthorized(address caller, address expected);
    /// @notice The operator has no master device yet.
    error OperatorNotRegistered(bytes32 operatorOmni);
    /// @notice There is no scope to revoke.
    error ScopeNotSet(bytes32 operatorOmni, bytes32 agentOmni);
    /// @notice More services than one scope may hold.
    error ScopeTooLarge(uint256 given, uint256 limit);

    /// @notice Most services one scope may hold.
    uint256 public constant MAX_SERVICES = 256;

    /// @param registry_ Where master wallets are bound.
    /// @param trustedForwarder ERC-2771 forwarder; zero for none.
    constructor(SidecarRegistry registry_, address trustedForwarder) ERC2771Context(trustedForwarder) {
        registry = registry_;
    }

    /// @notice Replaces the scope of an actor.
    /// @dev Reverts with {OperatorNotRegistered}, {NotAuthorized}, {ScopeTooLarge}. Emits {ScopeUpdated}.
    function setScope(bytes32 operatorOmni, bytes32 agentOmni, bytes32[] calldata services, bool readOnly) external {
        _requireMaster(operatorOmni);
        _setScope(operatorOmni, agentOmni, services, readOnly);
    }

    /// @notice Replaces several scopes of one operator; all or none.
    /// @dev Reverts and emits as {setScope} does.
    function setScopes(bytes32 operatorOmni, ScopeEntry[] calldata entries) external {
        _requireMaster(operatorOmni);
        for (uint256 i = 0; i < entries.length; ++i) {
            _setScope(operatorOmni, entries[i].agentOmni, entries[i].services, entries[i].readOnly);
        }
    }

    /// @notice Takes every service from an actor.
    /// @dev Reverts with {OperatorNotRegistered}, {NotAuthorized}, {ScopeNotSet}. Emits {ScopeRevoked}.
    function revokeScope(bytes32 operatorOmni, bytes32 agentOmni) external {
        _requireMaster(operatorOmni);
        Scope storage scope = _scopes[operatorOmni][agentOmni];
        if (!scope.set) revert ScopeNotSet(operatorOmni, agentOmni);
        delete scope.services;
        scope.readOnly = false;
        scope.set = false;
        ++scope.generation;
        emit ScopeRevoked(operatorOmni, agentOmni);
    }

    /// @notice The services of an actor, whether it may only read, and whether a scope is set.
    function getScope(bytes32 operatorOmni, bytes32 agentOmni)
        external
        view
        returns (bytes32[] memory services, bool readOnly, bool isSet)
    {
        Scope storage scope = _scopes[operatorOmni][agentOmni];
        return (scope.services, scope.readOnly, scope.set);
    }

    /// @notice Whether an actor may use a service now.
    function isServiceInScope(bytes32 operatorOmni, bytes32 agentOmni, bytes32 service) external view returns (bool) {
        Scope storage scope = _scopes[operatorOmni][agentOmni];
        return scope.set && _members[operatorOmni][agentOmni][scope.generation][service];
    }

    /// @notice Whether an actor may only read; false without a scope.
    function isReadOnly(bytes32 operatorOmni, bytes32 agentOmni) external view returns (bool) {
        return _scopes[operatorOmni][agentOmni].readOnly;
    }

    /// @notice Whether a forwarder's appended sender is believed; never for zero, which stands for none.
    function isTrustedForwarder(address forwarder) public view override returns (bool) {
        return forwarder != address(0) && super.isTrustedForwarder(forwarder);
    }

    function _setScope(bytes32 operatorOmni, bytes32 agentOmni, bytes32[] calldata services, bool readOnly) private {
        if (services.length > MAX_SERVICES) revert ScopeTooLarge(services.length, MAX_SERVICES);
        Scope storage scope = _scopes[operatorOmni][agentOmni];
        uint64 generation = ++scope.generation;
        scope.services = services;
        scope.readOnly = readOnly;
        scope.set = true;
        for (uint256 i = 0; i < services.length; ++i) {
            _members[operatorOmni][agentOmni][generation][services[i]] = true;
        }
        emit ScopeUpdated(operatorOmni, agentOmni, services, readOnly);
    }

    function _requireMaster(bytes32 operatorOmni) private view {
        address wallet = registry.operatorMasterWallet(operatorOmni);
        if (wallet == address(0)) revert OperatorNotRegistered(operatorOmni);
        if (_msgSender() != wallet) revert NotAuthorized(_msgSender(), wallet);
    }
}
