/**
 * Resolves with the answers of the first `quorum` callers that say the same (`keyOf`), without waiting for the rest;
 * rejects as soon as no such group can come about any more.
 */
export function firstAgreeing<T>(answers: readonly Promise<T>[], quorum: number, keyOf: (answer: T) => string): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const groups = new Map<string, T[]>();
    const causes: unknown[] = [];
    let left = answers.length;
    const settle = (): void => {
      left -= 1;
      const largest = Math.max(0, ...[...groups.values()].map(({ length }) => length));
      if (largest >= quorum || largest + left >= quorum) return;
      reject(new AggregateError(causes, `no ${quorum} of ${answers.length} RPC URLs agree (${groups.size} different answers)`));
    };
    for (const answer of answers)
      answer.then(
        (value) => {
          const group = [...(groups.get(keyOf(value)) ?? []), value];
          groups.set(keyOf(value), group);
          if (group.length >= quorum) resolve(group);
          settle();
        },
        (fault: unknown) => {
          causes.push(fault);
          settle();
        },
      );
  });
}
