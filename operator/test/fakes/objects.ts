import {
  API_VERSION,
  type AgentKeysBinding,
  type AgentKeysBindingSpec,
  type AgentKeysService,
  type AgentKeysServiceSpec,
} from "../../src/api/types.ts";

export function aBinding(spec: Partial<AgentKeysBindingSpec> = {}, metadata: Partial<AgentKeysBinding["metadata"]> = {}): AgentKeysBinding {
  return {
    apiVersion: API_VERSION,
    kind: "AgentKeysBinding",
    metadata: { name: "research", namespace: "team-a", generation: 1, creationTimestamp: "2026-01-01T00:00:00Z", ...metadata },
    spec: { services: [{ name: "openai" }], ...spec },
  };
}

export function aService(name = "openai", spec: Partial<AgentKeysServiceSpec> = {}): AgentKeysService {
  return {
    apiVersion: API_VERSION,
    kind: "AgentKeysService",
    metadata: { name, generation: 1 },
    spec: { preset: "openai", allowedNamespaces: {}, ...spec },
  };
}
