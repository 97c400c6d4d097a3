// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Epoch of the storage key K3
/// @notice Starts at 1 and only grows; one byte of every stored credential names it, so 255 is the last.
contract K3EpochCounter {
    /// @notice The last epoch one byte can name.
    uint256 public constant LAST_EPOCH = 255;

    /// @notice The account that may advance the epoch.
    address public immutable signerGovernance;
    /// @notice The epoch new credentials are written under.
    uint256 public currentEpoch = 1;

    /// @notice New credentials are written under `newEpoch` from now on.
    event K3Rotated(uint256 indexed previousEpoch, uint256 indexed newEpoch);

    /// @notice Only the signer's governance may rotate K3.
    error NotSignerGovernance(address caller, address expected);
    /// @notice There must be somebody who can rotate K3.
    error ZeroAddressGovernance();
    /// @notice One byte names no later epoch.
    error LastEpochReached();

    /// @param governance Account that rotates K3; never zero ({ZeroAddressGovernance}).
    constructor(address governance) {
        if (governance == address(0)) revert ZeroAddressGovernance();
        signerGovernance = governance;
    }

    /// @notice Moves to the next epoch.
    /// @dev Reverts with {NotSignerGovernance}, {LastEpochReached}. Emits {K3Rotated}.
    function advanceEpoch() external {
        if (msg.sender != signerGovernance) revert NotSignerGovernance(msg.sender, signerGovernance);
        uint256 previous = currentEpoch;
        if (previous == LAST_EPOCH) revert LastEpochReached();
        currentEpoch = previous + 1;
        emit K3Rotated(previous, previous + 1);
    }
}
