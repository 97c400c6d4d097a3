// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {SidecarRegistry} from "./SidecarRegistry.sol";

/// @title Roots of the audit trees of each operator
/// @notice An operator's auditor appends the Merkle root of every batch of audit rows; whoever has a row and its proof can check here
/// that it was one of them.
/// @dev Trees are those of RFC 6962 over SHA-256: a leaf is H(0x00 || row hash), a node H(0x01 || left || right), so that no node
/// passes for a leaf; position and size are part of the proof.
contract CredentialAudit is ERC2771Context {
    /// @notice A tree to append: its root and how many rows it holds.
    struct Tree {
        bytes32 root;
        uint64 count;
    }

    /// @notice One tree: its root, how many rows it holds, and the time of the block that took it.
    struct AuditRoot {
        bytes32 root;
        uint64 count;
        uint64 appendedAt;
    }

    /// @notice The registry that knows each operator's master wallet.
    SidecarRegistry public immutable registry;
    /// @notice Who may append roots for an operator; zero for nobody.
    mapping(bytes32 operatorOmni => address auditor) public auditorOf;

    mapping(bytes32 operatorOmni => AuditRoot[] roots) private _roots;
    mapping(bytes32 operatorOmni => mapping(bytes32 root => uint256 indexPlusOne)) private _indexes;

    /// @notice The operator's auditor is `auditor` from now on; zero takes the right away.
    event AuditorSet(bytes32 indexed operatorOmni, address indexed auditor);
    /// @notice The tree with number `index` of an operator has this root and `count` rows.
    event AuditRootAppended(bytes32 indexed operatorOmni, bytes32 indexed root, uint256 index, uint64 count);

    /// @notice Only the named account may do this.
    error NotAuthorized(address caller, address expected);
    /// @notice The operator has no master device yet.
    error OperatorNotRegistered(bytes32 operatorOmni);
    /// @notice The operator has this root already: a repeated transaction changes nothing.
    error RootAlreadyAppended(bytes32 operatorOmni, bytes32 root);
    /// @notice A tree has at least one row and a root that is not zero.
    error EmptyTree();
    /// @notice The operator has no tree of that number.
    error NoSuchRoot(bytes32 operatorOmni, uint256 index);

    /// @param registry_ Where master wallets are bound.
    /// @param trustedForwarder ERC-2771 forwarder; zero for none.
    constructor(SidecarRegistry registry_, address trustedForwarder) ERC2771Context(trustedForwarder) {
        registry = registry_;
    }

    /// @notice Says who may append roots for an operator.
    /// @dev By its master wallet. Reverts with {OperatorNotRegistered}, {NotAuthorized}. Emits {AuditorSet}.
    function setAuditor(bytes32 operatorOmni, address auditor) external {
        address wallet = registry.operatorMasterWallet(operatorOmni);
        if (wallet == address(0)) revert OperatorNotRegistered(operatorOmni);
        if (_msgSender() != wallet) revert NotAuthorized(_msgSender(), wallet);
        auditorOf[operatorOmni] = auditor;
        emit AuditorSet(operatorOmni, auditor);
    }

    /// @notice Appends the root of a tree of `count` rows; once for each root.
    /// @dev By the operator's auditor. Reverts with {NotAuthorized}, {EmptyTree}, {RootAlreadyAppended}. Emits {AuditRootAppended}.
    function appendRoot(bytes32 operatorOmni, bytes32 root, uint64 count) external {
        _onlyAuditor(operatorOmni);
        _append(operatorOmni, root, count);
    }

    /// @notice Appends several trees in their order, all or none: for an auditor that has to catch up, as on a new chain.
    /// @dev As {appendRoot}.
    function appendRoots(bytes32 operatorOmni, Tree[] calldata trees) external {
        _onlyAuditor(operatorOmni);
        for (uint256 i = 0; i < trees.length; ++i) _append(operatorOmni, trees[i].root, trees[i].count);
    }

    /// @notice How many trees an operator has.
    function rootCount(bytes32 operatorOmni) external view returns (uint256) {
        return _roots[operatorOmni].length;
    }

    /// @notice The tree with a number.
    /// @dev Reverts with {NoSuchRoot}.
    function getRoot(bytes32 operatorOmni, uint256 index) public view returns (AuditRoot memory) {
        if (index >= _roots[operatorOmni].length) revert NoSuchRoot(operatorOmni, index);
        return _roots[operatorOmni][index];
    }

    /// @notice Whether a root was appended, and its number.
    function indexOfRoot(bytes32 operatorOmni, bytes32 root) external view returns (bool isAppended, uint256 index) {
        uint256 indexPlusOne = _indexes[operatorOmni][root];
        return indexPlusOne == 0 ? (false, 0) : (true, indexPlusOne - 1);
    }

    /// @notice Whether the row with this hash is row `position` (from 0) of tree `index`.
    /// @dev RFC 9162, section 2.1.3.2. Reverts with {NoSuchRoot}.
    function verifyEntryInRoot(bytes32 operatorOmni, uint256 index, bytes32 rowHash, uint64 position, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        AuditRoot memory tree = getRoot(operatorOmni, index);
        if (position >= tree.count) return false;
        uint64 last = tree.count - 1;
        bytes32 hash = sha256(abi.encodePacked(bytes1(0x00), rowHash));
        for (uint256 i = 0; i < proof.length; ++i) {
            if (last == 0) return false;
            if (position & 1 == 1 || position == last) {
                hash = _node(proof[i], hash);
                // The rightmost node of an uneven level has no sibling there: it goes up until it is a right child.
                while (position & 1 == 0 && position != 0) {
                    position >>= 1;
                    last >>= 1;
                }
            } else {
                hash = _node(hash, proof[i]);
            }
            position >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == tree.root;
    }

    /// @notice Whether a forwarder's appended sender is believed; never for zero, which stands for none.
    function isTrustedForwarder(address forwarder) public view override returns (bool) {
        return forwarder != address(0) && super.isTrustedForwarder(forwarder);
    }

    function _onlyAuditor(bytes32 operatorOmni) private view {
        address auditor = auditorOf[operatorOmni];
        if (_msgSender() != auditor) revert NotAuthorized(_msgSender(), auditor);
    }

    function _append(bytes32 operatorOmni, bytes32 root, uint64 count) private {
        if (count == 0 || root == bytes32(0)) revert EmptyTree();
        if (_indexes[operatorOmni][root] != 0) revert RootAlreadyAppended(operatorOmni, root);
        uint256 index = _roots[operatorOmni].length;
        _roots[operatorOmni].push(AuditRoot(root, count, uint64(block.timestamp)));
        _indexes[operatorOmni][root] = index + 1;
        emit AuditRootAppended(operatorOmni, root, index, count);
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }
}
