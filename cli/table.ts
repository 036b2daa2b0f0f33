/**
 * Tables of text.
 *
 * @module
 */

/**
 * Formats rows as a table.
 *
 * @param rows Cells; the first row is the header.
 * @param right Right-aligned columns.
 * @returns One line per row, with two spaces between columns and none at the end.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  // Math.max(...) fails for long documents: a call cannot have that many arguments.
  const widths = rows[0].map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column].length), 0)
  );
  const pad = (cell: string, column: number) =>
    right.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]);
  return rows.map((row) => row.map(pad).join("  ").trimEnd() + "\n").join("");
}

/** Limit that keeps a line within 100 columns, even with double-width CJK characters. */
const LONGEST = 24;

/**
 * Shortens a text from a model or a file for a table cell.
 *
 * @param text Any text.
 * @param longest Largest number of characters.
 * @returns The start of the text, trimmed and escaped by {@linkcode escapeControls}.
 */
export function shorten(text: string, longest = LONGEST): string {
  // A text of spaces only is quoted, so that they show.
  const characters = [...escapeControls(text.trim() || JSON.stringify(text))];
  return characters.length <= longest
    ? characters.join("")
    : characters.slice(0, longest - 1).join("") + "…";
}

/**
 * Formats a result as a line of JSON. Characters that change a terminal, and that JSON may hold as
 * they are, are escaped too, which changes no value.
 *
 * @param value The value.
 * @returns The JSON, with a line break at the end.
 */
export function formatJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      Array.from(
        { length: character.length },
        (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
      ).join(""),
  ) + "\n";
}

/**
 * Escapes the characters of a longer text that change a terminal; line breaks, tabs, joiners and
 * marks of writing direction stay, which texts of some languages need.
 *
 * @param text Any text.
 * @returns The escaped text.
 */
export function escapeText(text: string): string {
  return text.replace(/[^\n\t\xad\u200c-\u200f]+/g, escapeControls);
}

/**
 * Escapes control characters, so that none from a model or a file reaches the terminal.
 *
 * @param text Any text.
 * @returns The escaped text.
 */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
