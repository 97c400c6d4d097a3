import type { Scenario } from "./index.ts";

export const workloads: readonly Scenario[] = [];
