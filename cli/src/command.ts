/**
 * What a command is made of, and what it is given when it runs. Must not know any command.
 */
import { AgentKeysError } from "@agentkeys/common/errors";
import type { Machine } from "./machine.ts";
import type { Row } from "./output.ts";

export interface OptionSpec {
  type: "string" | "boolean";
  short?: string;
  default?: string;
  /** Stands for the value in the help. */
  value?: string;
  description: string;
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** One run of a command. */
export interface Call {
  /** The words that called it. */
  name: string;
  /** What follows the command's own words. */
  words: readonly string[];
  machine: Machine;
  /** A text option; undefined when it was not given. */
  text: (name: string) => string | undefined;
  flag: (name: string) => boolean;
  /** The answer: JSON for programs, text for people. */
  answer: (json: unknown, ...parts: (readonly Row[] | { facts: Row })[]) => void;
  /** A remark for people, on standard error. */
  say: (text: string) => void;
  /** Runs when the command is over, whether it failed or not; last first. */
  defer: (close: () => void | Promise<void>) => void;
}

/** How a command is told and what it does. */
export interface CommandBody {
  /** What comes after its own words. */
  operands: string;
  /** More for its own help: what it does, what it needs. */
  detail: string;
  example: string;
  options: OptionSpecs;
  /** Answers the exit code when it is not 0. */
  run: (call: Call) => Promise<number | undefined>;
}

/** The same with its place in the list of commands. */
export interface Command extends CommandBody {
  /** The words that call it, as in `credential put`. */
  name: string;
  summary: string;
}

/** Called wrongly: exit code 2. */
export function usage(message: string): AgentKeysError {
  return new AgentKeysError("invalid_input", { message });
}

/** The value of an option that must be given. */
export function required(call: Call, name: string): string {
  const value = call.text(name);
  if (value === undefined || value === "") throw usage(`--${name} is required`);
  return value;
}

/** Refuses words that the command has no place for. */
export function noMoreWords(call: Call, after: number): void {
  if (call.words.length > after) throw usage(`Too many words: see agentkeys help ${call.name}`);
}
