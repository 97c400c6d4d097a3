/** A table for people, or JSON for programs. */
export function render(rows: readonly Record<string, unknown>[], isJson: boolean): string {
  if (isJson) return `${JSON.stringify(rows, null, 2)}\n`;
  const [first] = rows;
  if (first === undefined) return "nothing found\n";
  const columns = Object.keys(first);
  const cells = [columns.map((column) => column.toUpperCase()), ...rows.map((row) => columns.map((column) => cellText(row[column])))];
  const widths = columns.map((_column, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return `${cells
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")}\n`;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null || value === "") return "-";
  return typeof value === "string" ? value : JSON.stringify(value);
}
