import type { Scenario } from "./index.ts";

export const recovery: readonly Scenario[] = [];
