/** One measured figure; with a budget it is met or missed, without one it stands for itself. */
export interface Row {
  what: string;
  value: string;
  budget?: string;
  isMet?: boolean;
}

/** Tells what is being measured now. */
export type Say = (text: string) => void;

/** Rows as a Markdown table. */
export function markdownOf(rows: readonly Row[]): string {
  const lines = rows.map(({ what, value, budget, isMet }) => {
    const verdict = isMet === undefined ? "–" : isMet ? "met" : "**missed**";
    return `| ${what} | ${value} | ${budget ?? "–"} | ${verdict} |`;
  });
  return ["| what | measured | budget | |", "| --- | --- | --- | --- |", ...lines].join("\n");
}

/** Rows for a terminal. */
export function textOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  return rows
    .map(({ what, value, budget, isMet }) => {
      const verdict = isMet === undefined ? "" : `  ${isMet ? "met" : "MISSED"}, budget ${budget ?? ""}`;
      return `${what.padEnd(width)}  ${value}${verdict}`;
    })
    .join("\n");
}

/** A row of memory: of each process what is resident, and how much of it is its own. */
export function memoryRow(what: string, memory: readonly { resident: number; own: number }[], budget?: number): Row {
  const value = memory.map(({ resident, own }) => `${resident.toFixed(0)} MiB (own: ${own.toFixed(0)})`).join(", ");
  if (budget === undefined) return { what, value };
  return { what, value, budget: `≤ ${budget} MiB`, isMet: memory.every(({ resident }) => resident <= budget) };
}
