// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {AgentKeysLens} from "../src/AgentKeysLens.sol";
import {AgentKeysScope} from "../src/AgentKeysScope.sol";
import {K3EpochCounter} from "../src/K3EpochCounter.sol";
import {SidecarRegistry} from "../src/SidecarRegistry.sol";
import {Cheats} from "./Vm.sol";

/// @dev One deployment with a bootstrapped master, shared by all suites.
abstract contract Deployed is Cheats {
    address internal constant MASTER = address(0xA11CE);
    address internal constant STRANGER = address(0xBAD);
    bytes32 internal constant ACTOR = keccak256("actor");
    bytes32 internal constant OPENAI = keccak256("openai");
    uint256 internal constant K10 = 0x1111111111111111111111111111111111111111111111111111111111111111;

    SidecarRegistry internal registry;
    AgentKeysScope internal scope;
    K3EpochCounter internal epoch;
    AgentKeysLens internal lens;
    bytes32 internal operator;
    bytes32 internal masterDevice = keccak256("master device");

    function deploy() internal {
        registry = new SidecarRegistry(address(0));
        scope = new AgentKeysScope(registry, address(0));
        epoch = new K3EpochCounter(MASTER);
        lens = new AgentKeysLens(registry, scope, epoch);
        operator = registry.omniOf(MASTER);
        vm.prank(MASTER);
        registry.registerMasterDevice(masterDevice, operator, operator, 7, "");
    }

    function deviceKeyHash(uint256 key) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(vm.addr(key)));
    }

    function pop(uint256 key, bytes32 dkh, bytes32 op, bytes32 actor) internal view returns (bytes memory) {
        bytes32 digest = MessageHashUtils.toEthSignedMessageHash(registry.popDigest(dkh, op, actor));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function registerAgent(uint256 key, bytes32 actor) internal returns (bytes32 dkh) {
        dkh = deviceKeyHash(key);
        bytes memory proof = pop(key, dkh, operator, actor);
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, actor, "", proof);
    }

    function one(bytes32 service) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](1);
        list[0] = service;
    }
}

/// @dev A suite: forge calls {setUp} before each test.
abstract contract Suite is Deployed {
    function setUp() public {
        deploy();
    }
}

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
        registry.registerAgentDevice(dkh, operator, ACTOR, "", proof);
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
        registry.registerAgentDevice(dkh, operator, ACTOR, "", otherActor);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, "", otherKey);
    }

    function testFuzz_refusesAMalformedProof(bytes calldata proof) public {
        bytes32 dkh = deviceKeyHash(K10);
        vm.expectRevert(abi.encodeWithSelector(SidecarRegistry.ProofOfPossessionInvalid.selector, dkh));
        vm.prank(MASTER);
        registry.registerAgentDevice(dkh, operator, ACTOR, "", proof);
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
        registry.registerAgentDevice(dkh, operator, ACTOR, "", proof);
    }

    function test_registersABatchOrNothing() public {
        SidecarRegistry.AgentDevice[] memory batch = new SidecarRegistry.AgentDevice[](2);
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 dkh = deviceKeyHash(K10 + i);
            batch[i] = SidecarRegistry.AgentDevice(dkh, ACTOR, "", pop(K10 + i, dkh, operator, ACTOR));
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
}

contract ScopeTest is Suite {
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
        assertTrue(facts.epoch == 1 && facts.blockNumber == block.number, "block");
        vm.prank(MASTER);
        registry.revokeDevice(dkh);
        assertTrue(lens.capFacts(dkh, operator, ACTOR, OPENAI).device.revoked, "revoked device never mints");
    }
}
