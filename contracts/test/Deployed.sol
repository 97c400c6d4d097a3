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
    /// @dev What {path} leads to from MASTER's omni.
    bytes32 internal constant ACTOR = 0xb3d444f44f93a0f666722c9061cd4fcf107810738c5edcf323f304c85d24064e;
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

    /// @dev The attestation of ACTOR.
    function path() internal pure returns (bytes memory) {
        string[] memory segments = new string[](2);
        (segments[0], segments[1]) = ("team/0", "agent/0");
        return abi.encode(segments);
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
        registry.registerAgentDevice(dkh, operator, actor, path(), proof);
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
