/**
 * Finds the command, loads it alone, reads its options, runs it and turns a fault into words and an exit code. Must not know what commands
 * do.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { AgentKeysError } from "@agentkeys/common/errors";
import { usage, type Call, type Command, type OptionSpecs } from "./command.ts";
import { COMMANDS, type Listed } from "./commands/index.ts";
import { helpOf, overview } from "./help.ts";
import type { Machine } from "./machine.ts";
import { COMMON_OPTIONS } from "./options.ts";
import { facts, table } from "./output.ts";
import { VERSION } from "./version.ts";

type Values = Record<string, string | boolean | undefined>;

/** Runs one command; answers the exit code: 0 done, 1 failed, 2 called wrongly. */
export async function runProgram(argv: readonly string[], machine: Machine): Promise<number> {
  // What comes after -- is another program's.
  const own = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const isJson = own.includes("--json");
  const words = own.filter((word) => !word.startsWith("-"));
  try {
    const wantsHelp = own.includes("--help") || own.includes("-h");
    if (words.length === 0 && !wantsHelp) return withoutWords(own, machine);
    if (words.length === 0 || words[0] === "help" || wantsHelp) return await showHelp(words, machine);
    const command = await find(own, argv);
    if (command === undefined) throw usage(`There is no such command: ${suggestion(words)}`);
    return await runCommand(command, argv, machine);
  } catch (fault) {
    const error = asError(fault);
    const text = isJson ? JSON.stringify({ error: error.publicMessage, reason: error.code }) : `agentkeys: ${error.publicMessage}`;
    machine.stderr.write(`${text}\n`);
    return error.code === "invalid_input" ? 2 : 1;
  }
}

/** `agentkeys` alone, or with nothing but options. */
function withoutWords(own: readonly string[], { stdout }: Machine): number {
  const other = own.find((word) => word !== "--json");
  if (other !== undefined && other !== "--version") throw usage(`${unknownOption(other)}: see agentkeys help`);
  stdout.write(
    other === undefined ? overview(COMMANDS) : own.includes("--json") ? `${JSON.stringify({ version: VERSION })}\n` : `${VERSION}\n`,
  );
  return 0;
}

/** Commands whose words stand among these in their order, the first one first: any other word may be a value or an operand. */
function candidates(words: readonly string[]): Listed[] {
  return COMMANDS.map((listed) => ({ listed, at: placeOf(listed.name.split(" "), words) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .map(({ listed }) => listed);
}

function placeOf(name: readonly string[], words: readonly string[]): number {
  const first = words.indexOf(name[0] ?? "");
  let at = first;
  for (const word of name.slice(1)) at = at < 0 ? at : words.indexOf(word, at + 1);
  return at < 0 ? at : first;
}

/** The command that is called: what its own options leave begins with its words. Where none fits, the first one says what is wrong. */
async function find(own: readonly string[], argv: readonly string[]): Promise<Command | undefined> {
  let first: Command | undefined;
  for (const listed of candidates(own)) {
    const command = await listed.load();
    const isCalled = ({ positionals }: { positionals: string[] }): boolean =>
      command.name.split(" ").every((word, index) => positionals[index] === word);
    const options = optionsOf(command);
    try {
      if (isCalled(parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }))) return command;
    } catch {
      if (isCalled(parseArgs({ args: [...argv], options, allowPositionals: true, strict: false }))) first ??= command;
    }
  }
  return first;
}

function suggestion([first]: readonly string[]): string {
  const below = COMMANDS.filter(({ name }) => name.split(" ")[0] === first).map(({ name }) => name);
  return below.length === 0 ? "see agentkeys help" : `use ${below.join(", ")}`;
}

async function showHelp(words: readonly string[], { stdout, stderr }: Machine): Promise<number> {
  const asked = words[0] === "help" ? words.slice(1) : words;
  if (asked.length === 0) {
    stdout.write(overview(COMMANDS));
    return 0;
  }
  const [exact] = candidates(asked);
  const below = exact === undefined ? COMMANDS.filter(({ name }) => name.startsWith(`${asked.join(" ")} `)) : [exact];
  if (below.length === 0) {
    stderr.write(`agentkeys: There is no such command. These are:\n\n${overview(COMMANDS)}`);
    return 2;
  }
  stdout.write((await Promise.all(below.map(({ load }) => load()))).map(helpOf).join("\n"));
  return 0;
}

async function runCommand(command: Command, argv: readonly string[], machine: Machine): Promise<number> {
  const { values, positionals } = parseStrictly(command, argv);
  const isJson = values["json"] === true;
  const isColour = mayColour(machine);
  const closers: (() => void | Promise<void>)[] = [];
  const call: Call = {
    name: command.name,
    words: positionals.slice(command.name.split(" ").length),
    machine,
    text: (name) => (typeof values[name] === "string" ? values[name] : undefined),
    flag: (name) => values[name] === true,
    answer: (json, ...parts) => {
      const text = isJson
        ? `${JSON.stringify(json, null, 2)}\n`
        : parts.map((part) => ("facts" in part ? facts(part.facts, isColour) : table(part, isColour))).join("\n");
      machine.stdout.write(text);
    },
    say: (text) => void machine.stderr.write(`${text}\n`),
    defer: (close) => void closers.push(close),
  };
  try {
    return (await command.run(call)) ?? 0;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

function optionsOf({ options }: Command): ParseArgsConfig["options"] & object {
  return { ...options, ...COMMON_OPTIONS } as ParseArgsConfig["options"] & object;
}

function parseStrictly(command: Command, argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: optionsOf(command), allowPositionals: true, strict: true });
    return { values: values as Values, positionals };
  } catch (cause) {
    throw usage(`${wrongOption(command, String((cause as { message?: unknown }).message))}: see agentkeys help ${command.name}`);
  }
}

/** What the parser says, without what was typed, which may be a key. */
function wrongOption(command: Command, message: string): string {
  const [, unknown] = /^Unknown option '([^']*)'/.exec(message) ?? [];
  if (unknown !== undefined) return unknownOption(unknown);
  const [, short, name] = /^Option '(?:-(\w))?(?:, )?(?:--([a-z0-9-]+))?/.exec(message) ?? [];
  const known: OptionSpecs = { ...command.options, ...COMMON_OPTIONS };
  const meant = Object.entries(known).find(([long, spec]) => long === name || (short !== undefined && spec.short === short));
  if (meant === undefined) return "An option is not understood";
  return meant[1].type === "boolean" ? `--${meant[0]} takes no value` : `--${meant[0]} needs a value`;
}

function unknownOption(word: string): string {
  const [name] = /^--[a-z][a-z-]{0,23}(?==|$)/.exec(word) ?? [];
  return name === undefined ? "An option is not understood" : `There is no option ${name}`;
}

function mayColour({ stdout, env }: Machine): boolean {
  const isTerminal = (stdout as { isTTY?: boolean }).isTTY === true;
  return isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

function asError(fault: unknown): AgentKeysError {
  if (fault instanceof AgentKeysError) return fault;
  return new AgentKeysError("internal", { message: fault instanceof Error ? fault.message : String(fault), cause: fault });
}
