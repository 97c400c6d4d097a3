import type { Scenario } from "./index.ts";

export const revocation: readonly Scenario[] = [];
