/** One row of a table: column by name. */
export type Row = Record<string, unknown>;

const RESET = "\u001b[0m";
const BOLD = "\u001b[1m";
const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const COLOURS: Readonly<Record<string, string>> = { ok: GREEN, True: GREEN, failed: RED, False: RED };

/** Aligned columns for people. `isColour` only where a terminal shows it. */
export function table(rows: readonly Row[], isColour = false): string {
  const [first] = rows;
  if (first === undefined) return "nothing found\n";
  const columns = Object.keys(first);
  const head = columns.map((column) => column.toUpperCase());
  const body = rows.map((row) => columns.map((column) => cellText(row[column])));
  const widths = columns.map((_column, index) => Math.max(...[head, ...body].map((line) => line[index]?.length ?? 0)));
  const paint = (cell: string, colour: string | undefined): string =>
    isColour && colour !== undefined ? `${colour}${cell}${RESET}` : cell;
  const lineOf = (cells: readonly string[], colourOf: (cell: string) => string | undefined): string =>
    cells.map((cell, index) => paint(index === cells.length - 1 ? cell : cell.padEnd(widths[index] ?? 0), colourOf(cell))).join("  ");
  return `${[lineOf(head, () => BOLD), ...body.map((line) => lineOf(line, (cell) => COLOURS[cell]))].join("\n")}\n`;
}

/** Names and values below each other, for one thing with many properties. */
export function facts(of: Row, isColour = false): string {
  const entries = Object.entries(of).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  const name = (text: string): string => (isColour ? `${BOLD}${text.padEnd(width)}${RESET}` : text.padEnd(width));
  return entries.map(([key, value]) => `${name(key)}  ${cellText(value)}\n`).join("");
}

function cellText(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  const text = typeof value === "boolean" ? (value ? "yes" : "no") : typeof value === "string" ? value : JSON.stringify(value);
  // Names and messages of the cluster are written by others: none may steer the terminal it is shown on.
  return text.replace(/\p{Cc}+/gu, " ");
}
