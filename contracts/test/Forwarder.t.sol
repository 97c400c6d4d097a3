// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {AgentKeysForwarder} from "../src/AgentKeysForwarder.sol";
import {AgentKeysScope} from "../src/AgentKeysScope.sol";
import {SidecarRegistry} from "../src/SidecarRegistry.sol";
import {Cheats} from "./Vm.sol";

/// @dev Trusts anybody, as a contract of somebody else may.
contract Gullible {
    address public seen;

    function isTrustedForwarder(address) external pure returns (bool) {
        return true;
    }

    function note() external {
        seen = address(bytes20(msg.data[msg.data.length - 20:]));
    }
}

/// @dev Wallets that sign and somebody else who sends.
abstract contract Relayed is Cheats {
    uint256 internal constant KEY = 0xA11CE;
    uint256 internal constant OTHER_KEY = 0xBAD;
    address internal constant RELAY = address(0x4E1A7);
    bytes32 internal constant DEVICE = keccak256("master device");
    bytes32 internal constant ACTOR = keccak256("actor");
    bytes32 internal constant TYPEHASH = keccak256(
        "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
    );

    AgentKeysForwarder internal forwarder;
    SidecarRegistry internal registry;
    AgentKeysScope internal scope;
    address internal wallet;
    bytes32 internal operator;

    function setUp() public {
        vm.warp(1_000_000);
        forwarder = new AgentKeysForwarder();
        registry = new SidecarRegistry(address(forwarder));
        scope = new AgentKeysScope(registry, address(forwarder));
        wallet = vm.addr(KEY);
        operator = registry.omniOf(wallet);
    }

    function registerCall() internal view returns (bytes memory) {
        return abi.encodeCall(registry.registerMasterDevice, (DEVICE, operator, operator, 7, ""));
    }

    function scopeCall() internal view returns (bytes memory) {
        return abi.encodeCall(scope.setScope, (operator, ACTOR, new bytes32[](1), false));
    }

    function signed(uint256 key, address to, bytes memory data)
        internal
        view
        returns (ERC2771Forwarder.ForwardRequestData memory request)
    {
        request.from = vm.addr(key);
        request.to = to;
        request.gas = 1_000_000;
        request.deadline = uint48(block.timestamp + 600);
        request.data = data;
        request.signature = sign(key, request, forwarder.nonces(request.from), address(forwarder), block.chainid);
    }

    function sign(
        uint256 key,
        ERC2771Forwarder.ForwardRequestData memory request,
        uint256 nonce,
        address verifying,
        uint256 chain
    ) internal pure returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("AgentKeys Forwarder"),
                keccak256("1"),
                chain,
                verifying
            )
        );
        bytes32 message = keccak256(
            abi.encode(
                TYPEHASH,
                request.from,
                request.to,
                request.value,
                request.gas,
                nonce,
                request.deadline,
                keccak256(request.data)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked("\x19\x01", domain, message)));
        return abi.encodePacked(r, s, v);
    }

    function relay(ERC2771Forwarder.ForwardRequestData memory request) internal returns (bool done) {
        vm.prank(RELAY);
        (done,) = address(forwarder).call(abi.encodeCall(forwarder.execute, (request)));
    }

    function bootstrap() internal {
        assertTrue(relay(signed(KEY, address(registry), registerCall())), "bootstrapped");
    }
}

contract ForwarderTest is Relayed {
    function test_relayedRegistrationScopeAndRevocationActAsTheWallet() public {
        bootstrap();
        assertTrue(registry.operatorMasterWallet(operator) == wallet, "for the signer, not for the relay");
        assertTrue(relay(signed(KEY, address(scope), scopeCall())), "a scope");
        assertTrue(scope.isServiceInScope(operator, ACTOR, bytes32(0)), "is in force");
        assertTrue(relay(signed(KEY, address(scope), abi.encodeCall(scope.revokeScope, (operator, ACTOR)))), "is taken");
        assertTrue(!scope.isServiceInScope(operator, ACTOR, bytes32(0)), "at once");
        assertTrue(relay(signed(KEY, address(registry), abi.encodeCall(registry.revokeDevice, (DEVICE)))), "a device");
        assertTrue(!registry.isActive(DEVICE), "is revoked");
    }

    function test_theWalletItselfIsNeverShutOut() public {
        vm.prank(wallet);
        registry.registerMasterDevice(DEVICE, operator, operator, 7, "");
        vm.prank(wallet);
        scope.setScope(operator, ACTOR, new bytes32[](1), false);
        assertTrue(scope.isServiceInScope(operator, ACTOR, bytes32(0)), "sovereign");
    }

    function test_replayIsRefused() public {
        ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(registry), registerCall());
        assertTrue(relay(request), "once");
        assertTrue(!relay(request), "not twice");
        assertTrue(forwarder.nonces(wallet) == 1, "one nonce");
    }

    function test_anEarlierRequestIsDeadOnceALaterOneOfItsNonceWent() public {
        bootstrap();
        ERC2771Forwarder.ForwardRequestData memory held = signed(KEY, address(scope), scopeCall());
        assertTrue(relay(signed(KEY, address(registry), abi.encodeCall(registry.revokeDevice, (DEVICE)))), "the later");
        assertTrue(!relay(held), "the earlier");
    }

    function test_eachAlteredFieldIsRefused() public {
        bootstrap();
        for (uint256 field = 0; field < 6; ++field) {
            ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(scope), scopeCall());
            if (field == 0) request.from = RELAY;
            if (field == 1) request.to = address(registry);
            if (field == 2) request.gas += 1;
            if (field == 3) request.deadline += 1;
            if (field == 4) request.data = abi.encodeCall(scope.setScope, (operator, ACTOR, new bytes32[](2), false));
            if (field == 5) request.signature[5] ^= 0x01;
            assertTrue(!relay(request), "altered");
        }
        assertTrue(!scope.isServiceInScope(operator, ACTOR, bytes32(0)), "nothing was done");
    }

    function test_valueCannotBeAdded() public {
        bootstrap();
        ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(scope), scopeCall());
        request.value = 1;
        assertTrue(!relay(request), "value");
    }

    function test_expiredIsRefused() public {
        ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(registry), registerCall());
        vm.warp(request.deadline);
        assertTrue(forwarder.verify(request), "until its deadline");
        vm.warp(uint256(request.deadline) + 1);
        assertTrue(!relay(request), "after");
    }

    function test_wrongSignerIsRefused() public {
        ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(registry), registerCall());
        request.signature = sign(OTHER_KEY, request, 0, address(forwarder), block.chainid);
        assertTrue(!relay(request), "another's signature");
    }

    function test_anotherForwardersAndAnotherChainsSignaturesAreRefused() public {
        ERC2771Forwarder.ForwardRequestData memory request = signed(KEY, address(registry), registerCall());
        request.signature = sign(KEY, request, 0, address(new AgentKeysForwarder()), block.chainid);
        assertTrue(!relay(request), "another forwarder");
        request.signature = sign(KEY, request, 0, address(forwarder), block.chainid + 1);
        assertTrue(!relay(request), "another chain");
    }

    function test_aContractThatTrustsNoForwarderIsOutOfReach() public {
        SidecarRegistry foreign = new SidecarRegistry(address(0));
        bytes memory call = abi.encodeCall(foreign.registerMasterDevice, (DEVICE, operator, operator, 7, ""));
        assertTrue(!relay(signed(KEY, address(foreign), call)), "foreign contract");
        assertTrue(!relay(signed(KEY, address(forwarder), "")), "the forwarder itself");
        assertTrue(!relay(signed(KEY, address(0xE0A), "")), "no contract");
    }

    function test_aBatchDoesWhatIsValidAndNothingElse() public {
        ERC2771Forwarder.ForwardRequestData[] memory batch = new ERC2771Forwarder.ForwardRequestData[](3);
        batch[0] = signed(KEY, address(registry), registerCall());
        batch[1] = batch[0];
        batch[2] = signed(KEY, address(scope), scopeCall());
        batch[2].signature = sign(KEY, batch[2], 1, address(forwarder), block.chainid);
        vm.prank(RELAY);
        forwarder.executeBatch(batch, payable(RELAY));
        assertTrue(forwarder.nonces(wallet) == 2, "two of three");
        assertTrue(scope.isServiceInScope(operator, ACTOR, bytes32(0)), "the last in its order");
    }
}

/// @dev Who else may claim to speak for a wallet.
contract SpoofTest is Relayed {
    function test_anAppendedSenderIsInertFromAnybodyButTheForwarder() public {
        bootstrap();
        vm.prank(RELAY);
        (bool done,) = address(scope).call(abi.encodePacked(scopeCall(), wallet));
        assertTrue(!done, "from a relay's own account");
        assertTrue(!scope.isServiceInScope(operator, ACTOR, bytes32(0)), "nothing was done");
    }

    function test_anAppendedSenderInsideARequestIsOverruled() public {
        bootstrap();
        assertTrue(!relay(signed(OTHER_KEY, address(scope), abi.encodePacked(scopeCall(), wallet))), "the signer counts");
        assertTrue(!scope.isServiceInScope(operator, ACTOR, bytes32(0)), "nothing was done");
    }

    function test_aBatchInsideARequestReachesNobody() public {
        bootstrap();
        ERC2771Forwarder.ForwardRequestData[] memory inner = new ERC2771Forwarder.ForwardRequestData[](1);
        inner[0] = signed(KEY, address(scope), scopeCall());
        bytes memory data = abi.encodeCall(forwarder.executeBatch, (inner, payable(RELAY)));
        assertTrue(!relay(signed(OTHER_KEY, address(forwarder), data)), "the forwarder does not trust itself");
    }

    function test_whatAGullibleContractSawGivesNoRightWithUs() public {
        Gullible gullible = new Gullible();
        assertTrue(relay(signed(OTHER_KEY, address(gullible), abi.encodeCall(gullible.note, ()))), "relayed");
        assertTrue(gullible.seen() == vm.addr(OTHER_KEY), "as its signer");
        assertTrue(registry.operatorMasterWallet(operator) == address(0), "nobody else");
    }

    function test_zeroStandsForNoForwarder() public {
        SidecarRegistry alone = new SidecarRegistry(address(0));
        AgentKeysScope without = new AgentKeysScope(alone, address(0));
        assertTrue(!alone.isTrustedForwarder(address(0)) && !without.isTrustedForwarder(address(0)), "nobody");
        vm.prank(address(0));
        (bool done,) = address(alone).call(abi.encodePacked(registerCall(), wallet));
        assertTrue(!done, "nor from zero");
    }

    /// @dev A multicall would run each part with the caller's own appended sender: none of ours can delegate at all.
    function test_noContractOfOursCanDelegate() public view {
        assertTrue(!hasDelegateCall(address(registry).code), "registry");
        assertTrue(!hasDelegateCall(address(scope).code), "scope");
        assertTrue(!hasDelegateCall(address(forwarder).code), "forwarder");
    }

    function hasDelegateCall(bytes memory code) private pure returns (bool) {
        // The compiler's notes stand behind the code; their length is the last two bytes.
        uint256 notes = 2 + (uint256(uint8(code[code.length - 2])) << 8) + uint8(code[code.length - 1]);
        for (uint256 i = 0; i < code.length - notes; ++i) {
            uint8 op = uint8(code[i]);
            if (op == 0xf4 || op == 0xf2) return true;
            if (op >= 0x60 && op <= 0x7f) i += op - 0x5f;
        }
        return false;
    }
}
