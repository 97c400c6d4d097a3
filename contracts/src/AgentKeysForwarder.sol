// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

/// @title Carries requests that a wallet signed and somebody else pays for
/// @notice Anybody may bring a request, nobody can change one or bring it twice: it is EIP-712 over target, gas, nonce,
/// deadline and data, and reaches only contracts that trust this forwarder.
contract AgentKeysForwarder is ERC2771Forwarder {
    /// @notice The EIP-712 domain is `AgentKeys Forwarder`, version 1.
    constructor() ERC2771Forwarder("AgentKeys Forwarder") {}
}
