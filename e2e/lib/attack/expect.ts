/** Assertions that accept one answer only: any other refusal is a failure as much as a success is. */
import assert from "node:assert/strict";

export interface Answer {
  status: number;
  body: unknown;
}

const shown = ({ status, body }: Answer): string => `${status} ${JSON.stringify(body).slice(0, 300)}`;

/** The call was refused with exactly this status and reason, in the wire shape of a fault, and says nothing else. */
export function refused(answer: Answer, status: number, reason: string): void {
  const body = (answer.body ?? {}) as Record<string, unknown>;
  assert.equal(`${answer.status} ${String(body["reason"])}`, `${status} ${reason}`, `expected ${status} ${reason}, got ${shown(answer)}`);
  assert.deepEqual(Object.keys(body).sort(), ["error", "reason", "request_id"]);
}

/** The call was answered; yields the body. A control beside the attacks, so that a dead service is no pass. */
export function granted(answer: Answer): Record<string, unknown> {
  assert.equal(answer.status, 200, `expected 200, got ${shown(answer)}`);
  return answer.body as Record<string, unknown>;
}

/** The promise failed with words that match. */
export async function failsWith(attempt: Promise<unknown>, words: RegExp): Promise<void> {
  const fault = await attempt.then(
    () => null,
    (thrown: unknown) => textOf(thrown),
  );
  assert.ok(fault !== null, `expected a refusal ${words.source}, and it succeeded`);
  assert.match(fault, words);
}

/** Message, code and causes of a fault. */
function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = (thrown as { code?: unknown }).code;
  const cause = thrown.cause === undefined ? "" : ` <- ${textOf(thrown.cause)}`;
  return `${[thrown.name, ...(typeof code === "string" ? [code] : []), thrown.message].join(" ")}${cause}`;
}
