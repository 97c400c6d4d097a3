import { Interface } from "ethers";
import { AgentKeysScope, SidecarRegistry } from "../generated/index.ts";

export const REGISTRY = new Interface(SidecarRegistry.abi);
export const SCOPE = new Interface(AgentKeysScope.abi);
