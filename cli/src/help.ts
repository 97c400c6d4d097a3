import type { Command, OptionSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./options.ts";

/** Every command in a line. */
export function overview(commands: readonly Pick<Command, "name" | "summary">[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `agentkeys <command>\n\n${lines.join("\n")}\n\nagentkeys help <command> shows its options; --json answers programs; agentkeys --version.\n`;
}

/** One command's own help. */
export function helpOf(command: Command): string {
  const options = Object.entries<OptionSpec>({ ...command.options, ...COMMON_OPTIONS }).map(([name, spec]) => {
    const value = spec.value === undefined ? "" : ` ${spec.value}`;
    const fallback = spec.default === undefined ? "" : ` (${spec.default})`;
    return { flag: `${spec.short === undefined ? "" : `-${spec.short}, `}--${name}${value}`, text: `${spec.description}${fallback}` };
  });
  const width = Math.max(...options.map(({ flag }) => flag.length));
  const lines = options.map(({ flag, text }) => `  ${flag.padEnd(width)}  ${text}`);
  const call = ["agentkeys", command.name, command.operands].filter((part) => part !== "").join(" ");
  return `${call}\n\n${command.detail}\n\n${lines.join("\n")}\n\nExample: ${command.example}\n`;
}
