import { AgentKeysError } from "@agentkeys/common/errors";

/** One row of the doctor: what was looked at, whether it is well, and if not the next step. */
export interface Check {
  check: string;
  ok: boolean;
  detail: string;
}

export const well = (check: string, detail: string): Check => ({ check, ok: true, detail });
export const ill = (check: string, detail: string): Check => ({ check, ok: false, detail });

/** A look that fails is a row like any other: the rest is still looked at. */
export async function looked(check: string, look: () => Promise<Check | Check[]>): Promise<Check[]> {
  try {
    return [await look()].flat();
  } catch (fault) {
    return [ill(check, fault instanceof AgentKeysError ? fault.publicMessage : fault instanceof Error ? fault.message : String(fault))];
  }
}
