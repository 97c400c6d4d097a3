import type { Scenario } from "./index.ts";

export const isolation: readonly Scenario[] = [];
