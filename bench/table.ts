/**
 * Tables for a terminal and for Markdown alike.
 *
 * @module
 */

/**
 * Lines up cells in columns: text to the left, numbers to the right.
 *
 * @param headings One for each column.
 * @param rows Cells as they are printed.
 * @returns Headings, a rule and the rows, as a Markdown table.
 * @throws {RangeError} If a row has not one cell for each heading.
 */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const uneven = rows.find((row) => row.length !== headings.length);
  if (uneven) {
    throw new RangeError(
      `Cannot put ${uneven.length} cells in a table: wanted ${headings.length}`,
    );
  }
  const columns = headings.map((heading, i) => {
    const cells = rows.map((row) => row[i]);
    return {
      width: Math.max(heading.length, ...cells.map((cell) => cell.length)),
      isNumeric: cells.length > 0 && cells.every((cell) => /^[\d.,]*$/.test(cell)),
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
