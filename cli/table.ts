/**
 * Tables for people to read.
 *
 * @module
 */

/**
 * Lays out rows under each other.
 *
 * @param rows The cells; the first row is the header.
 * @param right Columns that are aligned at their right end.
 * @returns One line a row, two spaces between the columns, none at the end.
 */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  // Not Math.max(...): a long document has more rows than a call takes arguments.
  const widths = rows[0].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column].length), 0)
  );
  const pad = (cell: string, column: number) =>
    right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  return rows.map((row) => row.map(pad).join("  ").trimEnd() + "\n").join("");
}

/** Characters of a longer text: with these a line has 100 columns at most, CJK too. */
const LONGEST = 24;

/**
 * A text from a model or a file in a cell of a table.
 *
 * @param text Any text.
 * @param longest Characters that the cell has room for.
 * @returns Its start, without spaces around it and as {@linkcode printable} has it.
 */
export function shortened(text: string, longest = LONGEST): string {
  // Of a text that is nothing but spaces, they are what counts.
  const characters = [...printable(text.trim() || JSON.stringify(text))];
  return characters.length <= longest
    ? characters.join("")
    : characters.slice(0, longest - 1).join("") + "…";
}

/**
 * A text from a model or a file in one line of a table.
 *
 * @param text Any text.
 * @returns The text with control characters escaped, so that none reaches the terminal.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
