// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deployed} from "./Deployed.sol";
import {Cheats} from "./Vm.sol";

/// @dev Calls the contracts as the master and as others, and remembers what the master really granted. What others try is
/// caught, so that any revert that is left is a fault of the test itself.
contract Handler is Deployed {
    bytes32[4] internal services = [keccak256("a"), keccak256("b"), keccak256("c"), keccak256("d")];
    bytes32[2] internal actors = [ACTOR, keccak256("other actor")];
    mapping(bytes32 actor => mapping(bytes32 service => bool)) internal granted;
    bytes32[] internal revoked;
    bytes32 internal victim;
    uint256 public refused;
    uint256 public squattersOfTheirOwn;

    constructor() {
        deploy();
        victim = registry.omniOf(STRANGER);
    }

    function masterGrants(uint256 whom, uint256 mask, bool readOnly) external {
        bytes32 actor = actors[whom % 2];
        bytes32[] memory list = new bytes32[](4);
        uint256 length;
        for (uint256 i = 0; i < 4; ++i) {
            granted[actor][services[i]] = (mask >> i) & 1 == 1;
            if (granted[actor][services[i]]) list[length++] = services[i];
        }
        assembly {
            mstore(list, length)
        }
        vm.prank(MASTER);
        scope.setScope(operator, actor, list, readOnly);
    }

    function masterRevokes(uint256 whom) external {
        bytes32 actor = actors[whom % 2];
        (,, bool isSet) = scope.getScope(operator, actor);
        if (!isSet) return;
        for (uint256 i = 0; i < 4; ++i) granted[actor][services[i]] = false;
        vm.prank(MASTER);
        scope.revokeScope(operator, actor);
    }

    function masterRevokesADevice(uint256 key) external {
        key = (key % 12) + 1;
        bytes32 dkh = deviceKeyHash(key);
        if (registry.getDevice(dkh).registeredAt != 0) return;
        registerAgent(key, ACTOR);
        vm.prank(MASTER);
        registry.revokeDevice(dkh);
        revoked.push(dkh);
    }

    function strangerGrants(address sender, uint256 whom, uint256 pick) external {
        if (!isStranger(sender)) return;
        bytes32[] memory list = one(services[pick % 4]);
        vm.prank(sender);
        try scope.setScope(operator, actors[whom % 2], list, false) {} catch { ++refused; }
    }

    function strangerBootstrapsAnother(address sender) external {
        if (!isStranger(sender) || sender == STRANGER) return;
        vm.prank(sender);
        try registry.registerMasterDevice(keccak256(abi.encode(sender)), victim, victim, 7, "") {} catch { ++refused; }
        vm.prank(sender);
        try registry.registerMasterDevice(keccak256(abi.encode(sender)), operator, operator, 7, "") {} catch { ++refused; }
    }

    /// @dev The strongest stranger: bootstrapped for itself, then after a revoked device and after the others' scopes.
    function strangerBootstrapsItselfAndTriesAll(address sender, uint256 whom, uint256 pick) external {
        if (!isStranger(sender) || sender == STRANGER) return;
        bytes32 own = registry.omniOf(sender);
        vm.prank(sender);
        try registry.registerMasterDevice(keccak256(abi.encode("own", sender)), own, own, 7, "") { ++squattersOfTheirOwn; } catch {}
        bytes32[] memory list = one(services[pick % 4]);
        vm.startPrank(sender);
        try scope.setScope(operator, actors[whom % 2], list, false) {} catch { ++refused; }
        scope.setScope(own, actors[whom % 2], list, false);
        bytes32 thief = keccak256(abi.encode("thief", sender));
        try registry.registerMasterDevice(thief, own, actors[whom % 2], 7, "") {} catch { ++refused; }
        bytes memory proof = pop(7, deviceKeyHash(7), own, ACTOR);
        try registry.registerAgentDevice(deviceKeyHash(7), own, ACTOR, path(), proof) {} catch { ++refused; }
        if (revoked.length > 0) {
            bytes32 dkh = revoked[pick % revoked.length];
            try registry.registerMasterDevice(dkh, own, actors[whom % 2], 7, "") {} catch { ++refused; }
        }
        vm.stopPrank();
    }

    function masterReRegistersARevokedKey(uint256 key) external {
        key = (key % 12) + 1;
        bytes32 dkh = deviceKeyHash(key);
        if (!registry.getDevice(dkh).revoked) return;
        bytes memory proof = pop(key, dkh, operator, ACTOR);
        vm.prank(MASTER);
        try registry.registerAgentDevice(dkh, operator, ACTOR, path(), proof) {} catch { ++refused; }
    }

    function holds() external view returns (bool) {
        for (uint256 i = 0; i < 8; ++i) {
            (bytes32 actor, bytes32 service) = (actors[i % 2], services[i / 2]);
            if (lens.capFacts(masterDevice, operator, actor, service).inScope != granted[actor][service]) return false;
        }
        return true;
    }

    function revokedStaysRevoked() external view returns (bool) {
        for (uint256 i = 0; i < revoked.length; ++i) {
            bool isRevoked = lens.capFacts(revoked[i], operator, ACTOR, services[0]).device.revoked;
            if (!isRevoked || registry.isActive(revoked[i])) return false;
        }
        return true;
    }

    function walletsAreTheirOwn() external view returns (bool) {
        return registry.operatorMasterWallet(victim) == address(0) && registry.operatorMasterWallet(operator) == MASTER;
    }

    function actorsAreTheirOperators() external view returns (bool) {
        bytes32 owner = registry.actorOperator(ACTOR);
        return (owner == bytes32(0) || owner == operator) && registry.actorOperator(actors[1]) == bytes32(0);
    }

    function isStranger(address sender) private pure returns (bool) {
        return sender != MASTER && sender != address(0);
    }
}

contract InvariantTest is Cheats {
    Handler internal handler;

    function setUp() public {
        handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(handler);
    }

    /// @dev An actor has a service exactly while the master wallet grants it.
    function invariant_noServiceWithoutTheMaster() public view {
        assertTrue(handler.holds(), "scope differs from the master's grants");
    }

    /// @dev A revoked device is revoked for ever, so it never mints.
    function invariant_revokedDeviceNeverMints() public view {
        assertTrue(handler.revokedStaysRevoked(), "revoked device came back");
    }

    /// @dev Nobody binds another wallet's omni, before or after its first registration.
    function invariant_noOmniIsBoundToAnothersWallet() public view {
        assertTrue(handler.walletsAreTheirOwn(), "omni bound to another wallet");
    }

    /// @dev An actor belongs to the operator it derives from, whoever else tries to register a device for it.
    function invariant_noActorOfAnotherOperator() public view {
        assertTrue(handler.actorsAreTheirOperators(), "actor bound to another operator");
    }
}
