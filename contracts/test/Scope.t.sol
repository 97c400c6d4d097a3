// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgentKeysScope} from "../src/AgentKeysScope.sol";
import {Suite} from "./Deployed.sol";

contract ScopeTest is Suite {
    function testFuzz_onlyTheMasterWritesScopes(address sender, bytes32 agent, bytes32[] memory services) public {
        vm.assume(sender != MASTER);
        bytes memory refusal = abi.encodeWithSelector(AgentKeysScope.NotAuthorized.selector, sender, MASTER);
        AgentKeysScope.ScopeEntry[] memory entries = new AgentKeysScope.ScopeEntry[](1);
        entries[0] = AgentKeysScope.ScopeEntry(agent, services, false);
        vm.startPrank(sender);
        vm.expectRevert(refusal);
        scope.setScope(operator, agent, services, false);
        vm.expectRevert(refusal);
        scope.setScopes(operator, entries);
        vm.expectRevert(refusal);
        scope.revokeScope(operator, agent);
        vm.stopPrank();
    }

    function testFuzz_exactlyTheGrantedServicesAreInScope(bytes32[] memory services, bytes32 other) public {
        vm.assume(services.length <= 256);
        bool isGranted;
        for (uint256 i = 0; i < services.length; ++i) isGranted = isGranted || services[i] == other;
        vm.prank(MASTER);
        scope.setScope(operator, ACTOR, services, false);
        for (uint256 i = 0; i < services.length; ++i) {
            assertTrue(scope.isServiceInScope(operator, ACTOR, services[i]), "granted");
            assertTrue(!scope.isServiceInScope(operator, operator, services[i]), "not another actor");
        }
        assertTrue(scope.isServiceInScope(operator, ACTOR, other) == isGranted, "nothing else");
    }

    function test_replacingAScopeForgetsTheOldOne() public {
        vm.startPrank(MASTER);
        scope.setScope(operator, ACTOR, one(OPENAI), true);
        assertTrue(scope.isServiceInScope(operator, ACTOR, OPENAI) && scope.isReadOnly(operator, ACTOR), "granted");
        scope.setScope(operator, ACTOR, one(keccak256("stripe")), false);
        assertTrue(!scope.isServiceInScope(operator, ACTOR, OPENAI) && !scope.isReadOnly(operator, ACTOR), "forgotten");
        (bytes32[] memory services,, bool isSet) = scope.getScope(operator, ACTOR);
        assertTrue(services.length == 1 && services[0] == keccak256("stripe") && isSet, "read back");
        vm.stopPrank();
    }

    function test_revokeTakesEverythingAndANewScopeStartsEmpty() public {
        vm.startPrank(MASTER);
        scope.setScope(operator, ACTOR, one(OPENAI), false);
        scope.revokeScope(operator, ACTOR);
        assertTrue(!scope.isServiceInScope(operator, ACTOR, OPENAI), "revoked");
        vm.expectRevert(abi.encodeWithSelector(AgentKeysScope.ScopeNotSet.selector, operator, ACTOR));
        scope.revokeScope(operator, ACTOR);
        scope.setScope(operator, ACTOR, new bytes32[](0), false);
        assertTrue(!scope.isServiceInScope(operator, ACTOR, OPENAI), "still nothing");
        vm.stopPrank();
    }

    function test_strangersAndUnknownOperatorsAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(AgentKeysScope.NotAuthorized.selector, STRANGER, MASTER));
        vm.prank(STRANGER);
        scope.setScope(operator, ACTOR, one(OPENAI), false);
        bytes32 unknown = registry.omniOf(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(AgentKeysScope.OperatorNotRegistered.selector, unknown));
        vm.prank(STRANGER);
        scope.setScope(unknown, ACTOR, one(OPENAI), false);
    }

    function test_aScopeHasALimit() public {
        vm.expectRevert(abi.encodeWithSelector(AgentKeysScope.ScopeTooLarge.selector, 257, 256));
        vm.prank(MASTER);
        scope.setScope(operator, ACTOR, new bytes32[](257), false);
    }

    function test_setsABatch() public {
        AgentKeysScope.ScopeEntry[] memory entries = new AgentKeysScope.ScopeEntry[](2);
        entries[0] = AgentKeysScope.ScopeEntry(ACTOR, one(OPENAI), true);
        entries[1] = AgentKeysScope.ScopeEntry(keccak256("other"), one(OPENAI), false);
        vm.prank(MASTER);
        scope.setScopes(operator, entries);
        assertTrue(scope.isServiceInScope(operator, keccak256("other"), OPENAI), "second entry");
    }
}
