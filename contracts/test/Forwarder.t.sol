// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgentKeysScope} from "../src/AgentKeysScope.sol";
import {SidecarRegistry} from "../src/SidecarRegistry.sol";
import {Cheats} from "./Vm.sol";

contract ForwarderTest is Cheats {
    address internal constant FORWARDER = address(0xF0);
    address internal constant MASTER = address(0xA11CE);

    function test_onlyTheTrustedForwarderSpeaksForAnother() public {
        SidecarRegistry registry = new SidecarRegistry(FORWARDER);
        AgentKeysScope scope = new AgentKeysScope(registry, FORWARDER);
        bytes32 operator = registry.omniOf(MASTER);
        bytes memory register = abi.encodeCall(registry.registerMasterDevice, (keccak256("m"), operator, operator, 7, ""));
        bytes memory grant = abi.encodeCall(scope.setScope, (operator, keccak256("actor"), new bytes32[](1), false));
        assertTrue(!relayed(address(registry), address(0xBAD), register), "a stranger relays nothing");
        assertTrue(relayed(address(registry), FORWARDER, register), "the forwarder relays");
        assertTrue(registry.operatorMasterWallet(operator) == MASTER, "for the signer, not for itself");
        assertTrue(!relayed(address(scope), address(0xBAD), grant), "nor a scope");
        assertTrue(relayed(address(scope), FORWARDER, grant), "a scope");
    }

    function test_zeroStandsForNoForwarder() public {
        SidecarRegistry registry = new SidecarRegistry(address(0));
        AgentKeysScope scope = new AgentKeysScope(registry, address(0));
        assertTrue(!registry.isTrustedForwarder(address(0)) && !scope.isTrustedForwarder(address(0)), "nobody");
    }

    function relayed(address target, address sender, bytes memory call) private returns (bool done) {
        vm.prank(sender);
        (done,) = target.call(abi.encodePacked(call, MASTER));
    }
}
