import { Interface } from "ethers";
import { AgentKeysScope, CredentialAudit, SidecarRegistry } from "../generated/index.ts";

export const REGISTRY = new Interface(SidecarRegistry.abi);
export const AUDIT = new Interface(CredentialAudit.abi);
export const SCOPE = new Interface(AgentKeysScope.abi);
