import type { Hex } from "@agentkeys/common/identity";
import { validator } from "@agentkeys/common/validator";
import { callAsMaster, type MasterCallOptions } from "@agentkeys/common/vault-client";
import { MOST_SPEND_ACTORS, type SpendAnswer } from "@agentkeys/common/wire";
import { checkSpendAnswer } from "@agentkeys/common/wire-checks";

/** What one actor spent on one service in the day that is. */
export interface DaySpend {
  /** `YYYY-MM-DD`, UTC. */
  day: string;
  spentNano: number;
  debtNano: number;
}

/** What the ledger said last, by actor and service hash. */
export interface SpendBook {
  /** Null before the ledger was read. */
  of(actorOmni: Hex, serviceHash: Hex): DaySpend | null;
  /** Reads some actors; answers those of which something is new. Throws when the broker cannot say. */
  refresh(actorOmnis: readonly Hex[]): Promise<Set<Hex>>;
}

const parseAnswer = validator<SpendAnswer>(checkSpendAnswer);

/** A book that is filled by the operator's own master device. */
export function openSpendBook(options: MasterCallOptions & { brokerUrl: string }): SpendBook {
  let days = new Map<string, DaySpend>();
  let texts = new Map<Hex, string>();
  const read = async (actorOmnis: readonly Hex[]): Promise<SpendAnswer> => {
    const body = { operator_omni: options.operatorOmni, actor_omnis: actorOmnis };
    return parseAnswer(await callAsMaster(options, { url: `${options.brokerUrl}/v1/ledger/spend`, service: "ledger", body }));
  };
  return {
    of(actorOmni, serviceHash) {
      const today = days.get(actorOmni);
      return today === undefined ? null : (days.get(actorOmni + serviceHash) ?? today);
    },
    async refresh(actorOmnis) {
      const [freshDays, freshTexts] = [new Map<string, DaySpend>(), new Map<Hex, string>()];
      for (let at = 0; at < actorOmnis.length; at += MOST_SPEND_ACTORS) {
        const some = actorOmnis.slice(at, at + MOST_SPEND_ACTORS);
        const { day, accounts } = await read(some);
        for (const actor of some) {
          const own = accounts.filter(({ actor_omni: omni }) => omni === actor);
          // What has no account yet has spent nothing.
          freshDays.set(actor, { day, spentNano: 0, debtNano: 0 });
          for (const { service_hash: hash, spent_nano: spentNano, debt_nano: debtNano } of own)
            freshDays.set(actor + hash, { day, spentNano, debtNano });
          freshTexts.set(actor, JSON.stringify([day, own]));
        }
      }
      const changed = new Set(actorOmnis.filter((actor) => texts.get(actor) !== freshTexts.get(actor)));
      [days, texts] = [freshDays, freshTexts];
      return changed;
    },
  };
}
