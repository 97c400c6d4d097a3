/**
 * Bodies checked by JSON Schema. The checks themselves are compiled ahead (`make generate`), so that no service carries a schema
 * compiler or waits for one. Must not know any schema.
 */
import { AgentKeysError } from "../errors/index.ts";

/** One problem as ajv tells it. */
export interface SchemaProblem {
  instancePath: string;
  message?: string;
  params: Record<string, unknown>;
}

/** A compiled check: answers whether the value fits, fills in defaults and leaves its problems on itself. */
export interface SchemaCheck {
  (value: unknown): boolean;
  errors?: SchemaProblem[] | null;
}

/** The function that answers a typed body or throws `invalid_input` listing every problem. */
// The caller states the type its schema describes; inferring it would double every schema as a type.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T is the contract of the returned function
export function validator<T>(check: SchemaCheck): (body: unknown) => T {
  return (body) => {
    if (check(body)) return body as T;
    const problems = (check.errors ?? []).map((problem) => `${problem.instancePath || "body"} ${problem.message ?? "is invalid"}`);
    throw new AgentKeysError("invalid_input", { message: `The request is malformed: ${problems.join("; ")}` });
  };
}

/** Length as JSON Schema counts it: in code points. Called by compiled checks. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at += 1) if (isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1))) count -= 1;
  return count;
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
