// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AgentKeysScope} from "./AgentKeysScope.sol";
import {K3EpochCounter} from "./K3EpochCounter.sol";
import {SidecarRegistry} from "./SidecarRegistry.sol";

/// @title Everything a cap check needs, at one block, in one call
contract AgentKeysLens {
    /// @notice Facts of one (device, actor, service) at one block.
    struct CapFacts {
        SidecarRegistry.Device device;
        bytes32 actorOperator;
        bool inScope;
        bool readOnly;
        uint256 epoch;
        uint256 blockNumber;
        uint256 blockTimestamp;
    }

    /// @notice Where devices are read.
    SidecarRegistry public immutable registry;
    /// @notice Where scopes are read.
    AgentKeysScope public immutable scope;
    /// @notice Where the epoch is read.
    K3EpochCounter public immutable epochCounter;

    /// @param registry_ Devices, and the operator of each actor.
    /// @param scope_ Scopes, which should stand on the same registry.
    /// @param epochCounter_ Epoch of the storage key.
    constructor(SidecarRegistry registry_, AgentKeysScope scope_, K3EpochCounter epochCounter_) {
        registry = registry_;
        scope = scope_;
        epochCounter = epochCounter_;
    }

    /// @notice Device, the operator the actor belongs to, scope membership, read-only flag, epoch and block of one cap question.
    function capFacts(bytes32 deviceKeyHash, bytes32 operatorOmni, bytes32 actorOmni, bytes32 service)
        external
        view
        returns (CapFacts memory)
    {
        return CapFacts({
            device: registry.getDevice(deviceKeyHash),
            actorOperator: registry.actorOperator(actorOmni),
            inScope: scope.isServiceInScope(operatorOmni, actorOmni, service),
            readOnly: scope.isReadOnly(operatorOmni, actorOmni),
            epoch: epochCounter.currentEpoch(),
            blockNumber: block.number,
            blockTimestamp: block.timestamp
        });
    }
}
