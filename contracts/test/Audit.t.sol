// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CredentialAudit} from "../src/CredentialAudit.sol";
import {SidecarRegistry} from "../src/SidecarRegistry.sol";
import {Deployed} from "./Deployed.sol";

/// @dev Trees as RFC 6962 defines them, by recursion: another way to the same root than the contract's.
contract AuditTest is Deployed {
    address internal constant AUDITOR = address(0xA0D1);
    CredentialAudit internal trail;

    function setUp() public {
        deploy();
        trail = new CredentialAudit(registry, address(0));
        vm.prank(MASTER);
        trail.setAuditor(operator, AUDITOR);
    }

    function rowsOf(uint256 seed, uint256 count) internal pure returns (bytes32[] memory rows) {
        rows = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) rows[i] = keccak256(abi.encode(seed, i));
    }

    /// @dev Largest power of two below `count`.
    function splitOf(uint256 count) internal pure returns (uint256 split) {
        split = 1;
        while (split * 2 < count) split *= 2;
    }

    function rootOf(bytes32[] memory rows, uint256 from, uint256 to) internal pure returns (bytes32) {
        if (to - from == 1) return sha256(abi.encodePacked(bytes1(0x00), rows[from]));
        uint256 middle = from + splitOf(to - from);
        return sha256(abi.encodePacked(bytes1(0x01), rootOf(rows, from, middle), rootOf(rows, middle, to)));
    }

    function proofOf(bytes32[] memory rows, uint256 position) internal pure returns (bytes32[] memory proof) {
        bytes32[] memory path = new bytes32[](64);
        uint256 length;
        (uint256 from, uint256 to) = (0, rows.length);
        while (to - from > 1) {
            uint256 middle = from + splitOf(to - from);
            bool isLeft = position < middle;
            path[length++] = isLeft ? rootOf(rows, middle, to) : rootOf(rows, from, middle);
            (from, to) = isLeft ? (from, middle) : (middle, to);
        }
        proof = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) proof[i] = path[length - 1 - i];
    }

    function append(bytes32[] memory rows) internal returns (uint256 index) {
        index = trail.rootCount(operator);
        // First: a call of SHA-256 would use the prank up.
        bytes32 root = rootOf(rows, 0, rows.length);
        vm.prank(AUDITOR);
        trail.appendRoot(operator, root, uint64(rows.length));
    }

    function test_onlyTheMasterWalletNamesTheAuditor() public {
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.NotAuthorized.selector, STRANGER, MASTER));
        vm.prank(STRANGER);
        trail.setAuditor(operator, STRANGER);
        bytes32 other = registry.omniOf(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.OperatorNotRegistered.selector, other));
        vm.prank(STRANGER);
        trail.setAuditor(other, STRANGER);
    }

    function test_onlyTheAuditorAppends() public {
        for (uint256 i = 0; i < 2; ++i) {
            address caller = i == 0 ? STRANGER : MASTER;
            vm.expectRevert(abi.encodeWithSelector(CredentialAudit.NotAuthorized.selector, caller, AUDITOR));
            vm.prank(caller);
            trail.appendRoot(operator, bytes32(uint256(1)), 1);
            vm.expectRevert(abi.encodeWithSelector(CredentialAudit.NotAuthorized.selector, caller, AUDITOR));
            vm.prank(caller);
            trail.appendRoots(operator, new CredentialAudit.Tree[](1));
        }
        vm.prank(MASTER);
        trail.setAuditor(operator, address(0));
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.NotAuthorized.selector, AUDITOR, address(0)));
        vm.prank(AUDITOR);
        trail.appendRoot(operator, bytes32(uint256(1)), 1);
    }

    function test_aRootIsAppendedOnceAndNumbered() public {
        bytes32[] memory rows = rowsOf(1, 3);
        append(rows);
        append(rowsOf(2, 1));
        CredentialAudit.AuditRoot memory first = trail.getRoot(operator, 0);
        bytes32 root = rootOf(rows, 0, 3);
        assertTrue(first.root == root && first.count == 3 && first.appendedAt == block.timestamp, "what was appended");
        (bool isAppended, uint256 index) = trail.indexOfRoot(operator, rootOf(rowsOf(2, 1), 0, 1));
        assertTrue(isAppended && index == 1 && trail.rootCount(operator) == 2, "numbers");
        (isAppended,) = trail.indexOfRoot(operator, bytes32(uint256(7)));
        assertTrue(!isAppended, "a root that was never appended");
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.RootAlreadyAppended.selector, operator, root));
        vm.prank(AUDITOR);
        trail.appendRoot(operator, root, 3);
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.NoSuchRoot.selector, operator, 2));
        trail.getRoot(operator, 2);
    }

    function test_severalTreesAreAppendedInTheirOrderOrNotAtAll() public {
        append(rowsOf(1, 3));
        CredentialAudit.Tree[] memory trees = new CredentialAudit.Tree[](3);
        for (uint256 i = 0; i < 3; ++i) trees[i] = CredentialAudit.Tree(bytes32(i + 1), uint64(i + 5));
        vm.prank(AUDITOR);
        trail.appendRoots(operator, trees);
        assertTrue(trail.rootCount(operator) == 4, "all of them");
        for (uint256 i = 0; i < 3; ++i) {
            CredentialAudit.AuditRoot memory tree = trail.getRoot(operator, i + 1);
            assertTrue(tree.root == trees[i].root && tree.count == trees[i].count, "their order");
        }
        (trees[0].root, trees[1].root) = (bytes32(uint256(8)), bytes32(uint256(9)));
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.RootAlreadyAppended.selector, operator, trees[2].root));
        vm.prank(AUDITOR);
        trail.appendRoots(operator, trees);
        // Twice in one call is once too often.
        trees[2].root = trees[0].root;
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.RootAlreadyAppended.selector, operator, trees[0].root));
        vm.prank(AUDITOR);
        trail.appendRoots(operator, trees);
        trees[2] = CredentialAudit.Tree(bytes32(uint256(10)), 0);
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.EmptyTree.selector));
        vm.prank(AUDITOR);
        trail.appendRoots(operator, trees);
        assertTrue(trail.rootCount(operator) == 4, "none of them");
    }

    function test_thereIsNoEmptyTree() public {
        vm.startPrank(AUDITOR);
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.EmptyTree.selector));
        trail.appendRoot(operator, bytes32(uint256(1)), 0);
        vm.expectRevert(abi.encodeWithSelector(CredentialAudit.EmptyTree.selector));
        trail.appendRoot(operator, bytes32(0), 1);
        vm.stopPrank();
    }

    function test_aNodeIsNoRow() public {
        bytes32[] memory rows = rowsOf(3, 4);
        uint256 index = append(rows);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = rootOf(rows, 2, 4);
        assertTrue(!trail.verifyEntryInRoot(operator, index, rootOf(rows, 0, 2), 0, proof), "an inner node passed for a row");
    }

    function testFuzz_everyRowIsProvenAtItsPlaceAlone(uint256 seed, uint8 size, uint8 place, uint8 elsewhere) public {
        uint256 count = uint256(size) % 40 + 1;
        uint64 position = uint64(place % count);
        bytes32[] memory rows = rowsOf(seed, count);
        uint256 index = append(rows);
        bytes32[] memory proof = proofOf(rows, position);
        assertTrue(trail.verifyEntryInRoot(operator, index, rows[position], position, proof), "a row of the tree");
        assertTrue(!trail.verifyEntryInRoot(operator, index, keccak256("other"), position, proof), "another row");
        uint64 other = uint64(elsewhere % (count + 2));
        if (other != position) assertTrue(!trail.verifyEntryInRoot(operator, index, rows[position], other, proof), "another place");
    }

    function testFuzz_anAlteredProofProvesNothing(uint256 seed, uint8 size, uint8 place, uint8 change) public {
        uint256 count = uint256(size) % 40 + 2;
        uint64 position = uint64(place % count);
        bytes32[] memory rows = rowsOf(seed, count);
        uint256 index = append(rows);
        bytes32[] memory proof = proofOf(rows, position);
        bytes32[] memory longer = new bytes32[](proof.length + 1);
        bytes32[] memory shorter = new bytes32[](proof.length - 1);
        for (uint256 i = 0; i < proof.length; ++i) {
            longer[i] = proof[i];
            if (i < shorter.length) shorter[i] = proof[i];
        }
        assertTrue(!trail.verifyEntryInRoot(operator, index, rows[position], position, longer), "longer");
        assertTrue(!trail.verifyEntryInRoot(operator, index, rows[position], position, shorter), "shorter");
        proof[change % proof.length] ^= bytes32(uint256(1));
        assertTrue(!trail.verifyEntryInRoot(operator, index, rows[position], position, proof), "altered");
    }
}
