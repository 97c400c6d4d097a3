// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SidecarRegistry} from "../src/SidecarRegistry.sol";
import {Suite} from "./Deployed.sol";

contract RegistryTest is Suite {
    function test_upstreamOmniVector() public view {
        bytes32 expected = 0xc3f7249ad2f03d898a95fdbe95113041282dd1f5a115d14a65d7e7ede4afee5f;
        assertTrue(registry.omniOf(address(0)) == expected, "omni.zero_wallet");
    }

    function testFuzz_nobodyBootstrapsAnothersOmni(address thief) public {
        vm.assume(thief != STRANGER);
        bytes32 theirs = registry.omniOf(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.OperatorOmniMismatch.selector, theirs, registry.omniOf(thief)));
        vm.prank(thief);
        registry.registerMasterDevice(keccak256("x"), theirs, theirs, 7, "");
    }

    function test_registersAnAgentThatHoldsItsKey() public {
        bytes32 dkh = registerAgent(K10, ACTOR);
        SidecarRegistry.Device memory device = registry.getDevice(dkh);
        assertTrue(device.operatorOmni == operator && device.actorOmni == ACTOR, "omnis");
        assertTrue(device.tier == 2 && device.roles == 1 && !device.revoked, "tier and roles");
        assertTrue(registry.isActive(dkh) && registry.getOperatorDevices(operator).length == 2, "listed");
    }

    function test_acceptsUpstreamsLowRecoveryId() public {
        bytes32 dkh = deviceKeyHash(K10);
        bytes memory proof = pop(K10, dkh, operator, ACTOR);
        proof[64] = bytes1(uint8(proof[64]) - 27);
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, path(), proof);
        assertTrue(registry.isActive(dkh), "active");
    }

    function testFuzz_refusesAProofForAnotherActorOrByAnotherKey(bytes32 actor, uint256 key) public {
        vm.assume(actor != ACTOR);
        key = (key % 1e30) + 1;
        vm.assume(key != K10);
        bytes32 dkh = deviceKeyHash(K10);
        bytes memory otherActor = pop(K10, dkh, operator, actor);
        bytes memory otherKey = pop(key, dkh, operator, ACTOR);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, path(), otherActor);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, path(), otherKey);
    }

    function testFuzz_refusesAMalformedProof(bytes calldata proof) public {
        bytes32 dkh = deviceKeyHash(K10);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, path(), proof);
    }

    function test_agentBeforeBootstrapIsRefused() public {
        bytes32 unknown = registry.omniOf(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.OperatorNotRegistered.selector, unknown));
        vm.prank(STRANGER);
        registry.registerAgentDevice(deviceKeyHash(K10), unknown, ACTOR, "", "");
    }

    function test_strangerNeitherRegistersNorRevokes() public {
        bytes32 dkh = registerAgent(K10, ACTOR);
        bytes memory refusal = abi.encodeWithSelector(SidecarRegistry.NotAuthorized.selector, STRANGER, MASTER);
        vm.expectRevert(refusal);
        vm.prank(STRANGER);
        registry.registerAgentDevice(keccak256("y"), operator, ACTOR, "", "");
        vm.expectRevert(refusal);
        vm.prank(STRANGER);
        registry.revokeDevice(dkh);
    }

    function test_firstRegistrationBindsItsOwnWalletWhateverOthersSentBefore() public {
        bytes32 theirs = registry.omniOf(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.OperatorOmniMismatch.selector, theirs, operator));
        vm.prank(MASTER);
        registry.registerMasterDevice(keccak256("z"), theirs, theirs, 7, "");
        assertTrue(registry.operatorMasterWallet(theirs) == address(0), "still free");
        vm.prank(STRANGER);
        registry.registerMasterDevice(keccak256("z"), theirs, theirs, 7, "");
        assertTrue(registry.operatorMasterWallet(theirs) == STRANGER, "its own wallet");
    }

    function testFuzz_popMessageIsTheTextOfItsParts(bytes32 dkh, bytes32 op, bytes32 actor) public view {
        bytes memory text = bytes.concat("agentkeys-agent-pop:", hexText(dkh), ":", hexText(op), ":", hexText(actor));
        assertTrue(text.length == 20 + 66 * 3 + 2 && registry.popDigest(dkh, op, actor) == keccak256(text), "digest");
    }

    function hexText(bytes32 word) private pure returns (bytes memory text) {
        text = new bytes(66);
        (text[0], text[1]) = ("0", "x");
        for (uint256 i = 0; i < 64; ++i) text[i + 2] = bytes16("0123456789abcdef")[(uint256(word) >> (252 - 4 * i)) & 15];
    }

    function test_registeringTwiceIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.DeviceAlreadyRegistered.selector, masterDevice));
        vm.prank(MASTER);
        registry.registerMasterDevice(masterDevice, operator, operator, 7, "");
    }

    function test_revokedDeviceStaysRevoked() public {
        bytes32 dkh = registerAgent(K10, ACTOR);
        vm.startPrank(MASTER);
        registry.revokeDevice(dkh);
        assertTrue(!registry.isActive(dkh), "inactive");
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.DeviceAlreadyRevoked.selector, dkh));
        registry.revokeDevice(dkh);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.DeviceNotRegistered.selector, keccak256("none")));
        registry.revokeDevice(keccak256("none"));
        vm.stopPrank();
        bytes memory proof = pop(K10, dkh, operator, ACTOR);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.DeviceAlreadyRegistered.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, path(), proof);
    }

    function test_registersABatchOrNothing() public {
        SidecarRegistry.AgentDevice[] memory batch = new SidecarRegistry.AgentDevice[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 dkh = deviceKeyHash(K10 + i);
            batch[i] = SidecarRegistry.AgentDevice(dkh, ACTOR, path(), pop(K10 + i, dkh, operator, ACTOR));
        }
        bytes memory good = batch[1].pop;
        batch[1].pop = "";
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, batch[1].deviceKeyHash));
        vm.prank(MASTER);
        registry.registerAgentDevices(operator, batch);
        assertTrue(!registry.isActive(batch[0].deviceKeyHash), "nothing half-done");
        batch[1].pop = good;
        vm.prank(MASTER);
        registry.registerAgentDevices(operator, batch);
        assertTrue(registry.isActive(batch[0].deviceKeyHash) && registry.isActive(batch[1].deviceKeyHash), "both");
    }

    function test_noOperatorRegistersADeviceForAnothersActor() public {
        bytes32 theirs = registry.omniOf(STRANGER);
        bytes32 dkh = deviceKeyHash(K10);
        bytes memory proof = pop(K10, dkh, theirs, ACTOR);
        bytes memory refusal = abi.encodeWithSelector(SidecarRegistry.ActorNotDerived.selector, theirs, ACTOR);
        vm.startPrank(STRANGER);
        vm.expectRevert(refusal);
        registry.registerMasterDevice(keccak256("thief"), theirs, ACTOR, 7, "");
        registry.registerMasterDevice(keccak256("thief"), theirs, theirs, 7, "");
        vm.expectRevert(refusal);
        registry.registerAgentDevice(dkh, theirs, ACTOR, path(), proof);
        vm.expectRevert(refusal);
        registry.registerAgentDevice(dkh, theirs, ACTOR, abi.encode(new string[](0)), proof);
        vm.stopPrank();
        assertTrue(registry.actorOperator(ACTOR) == bytes32(0), "still nobody's");
        registerAgent(K10, ACTOR);
        assertTrue(registry.actorOperator(ACTOR) == operator, "its operator's");
    }

    function testFuzz_noPathLeadsToAnothersActor(string[] memory segments) public view {
        assertTrue(registry.derive(registry.omniOf(STRANGER), segments) != ACTOR, "derived");
    }

    function test_anAttestationThatIsNoPathIsRefused() public {
        bytes32 dkh = deviceKeyHash(K10);
        bytes memory proof = pop(K10, dkh, operator, ACTOR);
        vm.prank(MASTER);
        (bool isDone,) = address(registry).call(
            abi.encodeCall(registry.registerAgentDevice, (dkh, operator, ACTOR, hex"ff", proof))
        );
        assertTrue(!isDone && !registry.isActive(dkh), "refused");
    }
}
