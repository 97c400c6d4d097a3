import type { Scenario } from "./index.ts";

export const admission: readonly Scenario[] = [];
