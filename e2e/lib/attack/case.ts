/** One attack: what is tried, and the one answer that counts as refused. */
import type { Kit } from "./kit.ts";

export interface AttackCase {
  /** Acceptance id, with a letter where one id has several forms. */
  id: string;
  title: string;
  run: (kit: Kit, say: (text: string) => void) => Promise<void>;
}
