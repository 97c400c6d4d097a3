// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Deployed} from "./AgentKeys.t.sol";
import {Cheats} from "./Vm.sol";

/// @dev Calls the contracts as arbitrary senders and remembers what the master really granted.
contract Handler is Deployed {
    bytes32[4] internal services = [keccak256("a"), keccak256("b"), keccak256("c"), keccak256("d")];
    mapping(bytes32 => bool) public granted;
    bytes32 public revokedDevice;

    constructor() {
        deploy();
    }

    function masterGrants(uint256 pick) external {
        bytes32 service = services[pick % 4];
        for (uint256 i = 0; i < 4; ++i) granted[services[i]] = false;
        granted[service] = true;
        vm.prank(MASTER);
        scope.setScope(operator, ACTOR, one(service), true);
    }

    function masterRevokes() external {
        vm.prank(MASTER);
        scope.revokeScope(operator, ACTOR);
        for (uint256 i = 0; i < 4; ++i) granted[services[i]] = false;
    }

    function strangerGrants(address sender, uint256 pick) external {
        vm.assume(sender != MASTER);
        vm.prank(sender);
        scope.setScope(operator, ACTOR, one(services[pick % 4]), false);
    }

    function strangerBootstraps(address sender) external {
        vm.assume(sender != MASTER);
        vm.prank(sender);
        registry.registerMasterDevice(keccak256(abi.encode(sender)), operator, operator, 7, "");
    }

    function masterRevokesADevice(uint256 key) external {
        key = (key % 1000) + 1;
        revokedDevice = registerAgent(key, ACTOR);
        vm.prank(MASTER);
        registry.revokeDevice(revokedDevice);
    }

    function anyoneReRegisters(address sender) external {
        vm.prank(sender);
        registry.registerMasterDevice(revokedDevice, registry.omniOf(sender), ACTOR, 7, "");
    }

    function holds() external view returns (bool) {
        for (uint256 i = 0; i < 4; ++i) {
            if (scope.isServiceInScope(operator, ACTOR, services[i]) && !granted[services[i]]) return false;
        }
        return true;
    }

    function revokedStaysRevoked() external view returns (bool) {
        return revokedDevice == 0 || lens.capFacts(revokedDevice, operator, ACTOR, services[0]).device.revoked;
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

    /// @dev An actor never has a service the master wallet did not grant.
    function invariant_noServiceWithoutTheMaster() public view {
        assertTrue(handler.holds(), "ungranted service in scope");
    }

    /// @dev A revoked device is revoked for ever, so it never mints.
    function invariant_revokedDeviceNeverMints() public view {
        assertTrue(handler.revokedStaysRevoked(), "revoked device came back");
    }
}
