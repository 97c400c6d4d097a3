// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgentKeysLens} from "../src/AgentKeysLens.sol";
import {K3EpochCounter} from "../src/K3EpochCounter.sol";
import {Suite} from "./Deployed.sol";

contract EpochAndLensTest is Suite {
    function test_onlyGovernanceAdvances() public {
        vm.expectRevert(abi.encodeWithSelector(K3EpochCounter.NotSignerGovernance.selector, STRANGER, MASTER));
        vm.prank(STRANGER);
        epoch.advanceEpoch();
        vm.prank(MASTER);
        epoch.advanceEpoch();
        assertTrue(epoch.currentEpoch() == 2, "advanced");
    }

    function test_zeroGovernanceIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(K3EpochCounter.ZeroAddressGovernance.selector));
        new K3EpochCounter(address(0));
    }

    function test_epoch256IsRefused() public {
        vm.startPrank(MASTER);
        for (uint256 i = 1; i < 255; ++i) epoch.advanceEpoch();
        vm.expectRevert(abi.encodeWithSelector(K3EpochCounter.LastEpochReached.selector));
        epoch.advanceEpoch();
        vm.stopPrank();
    }

    function test_lensAnswersEveryFactAtOneBlock() public {
        bytes32 dkh = registerAgent(K10, ACTOR);
        vm.prank(MASTER);
        scope.setScope(operator, ACTOR, one(OPENAI), true);
        AgentKeysLens.CapFacts memory facts = lens.capFacts(dkh, operator, ACTOR, OPENAI);
        assertTrue(facts.device.actorOmni == ACTOR && facts.inScope && facts.readOnly, "facts");
        assertTrue(facts.actorOperator == operator, "whose actor");
        assertTrue(facts.epoch == 1 && facts.blockNumber == block.number, "block");
        vm.prank(MASTER);
        registry.revokeDevice(dkh);
        assertTrue(lens.capFacts(dkh, operator, ACTOR, OPENAI).device.revoked, "revoked device never mints");
    }
}
