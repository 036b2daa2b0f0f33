/**
 * Markdown tables, also readable on a terminal.
 *
 * @module
 */

/**
 * Formats a table, with text aligned to the left and numbers to the right.
 *
 * @param headings Heading of each column.
 * @param rows Formatted cells.
 * @returns Lines of the table.
 * @throws {RangeError} If a row does not have one cell per heading.
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const uneven = rows.find((row) => row.length !== headings.length);
  if (uneven) {
    throw new RangeError(
      `Cannot format a table row of ${uneven.length} cells: wanted ${headings.length}`,
    );
  }
  const columns = headings.map((heading, i) => {
    const cells = rows.map((row) => row[i]);
    return {
      width: Math.max(heading.length, ...cells.map((cell) => cell.length)),
      isNumeric: cells.length > 0 && cells.every((cell) => /^[\d.,±]*$/.test(cell)),
    };
  });
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, i) => {
      const { width, isNumeric } = columns[i];
      return isNumeric ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = columns.map(({ width, isNumeric }) =>
    isNumeric ? `${"-".repeat(width - 1)}:` : "-".repeat(width)
  );
  return [line(headings), line(rule), ...rows.map(line)];
}
