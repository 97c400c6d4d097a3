import { Ajv } from "ajv";
import { AgentKeysError } from "../errors/index.ts";

/** Compiles a JSON Schema once; the returned function answers the typed body or throws `invalid_input` listing every problem. */
// The caller states the type its schema describes; ajv's inference would double every schema as a type.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- T is the contract of the returned function
export function validator<T>(schema: object): (body: unknown) => T {
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
  return (body) => {
    if (validate(body)) return body as T;
    const problems = (validate.errors ?? []).map((error) => `${error.instancePath || "body"} ${error.message ?? "is invalid"}`);
    throw new AgentKeysError("invalid_input", { message: `The request is malformed: ${problems.join("; ")}` });
  };
}
