/**
 * Checks of the tokens whose rows are asked for.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import type { TokenBatch } from "./inputs.ts";
import type { TokenRows } from "./pass.ts";

/**
 * Asserts that rows are tokens of a batch.
 *
 * @param attempt What is done with them, for the message.
 * @param rows `[batch, rows]`; −1 is padding.
 * @param batch The batch.
 * @throws {TypeError} If they are not arrays, or differ in number.
 * @throws {RangeError} If there is no such token.
 */
export function checkRows(
  attempt: "predict" | "encode",
  rows: TokenRows,
  { batch, tokens }: TokenBatch,
): void {
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw new TypeError(
      `Cannot ${attempt} rows ${showValue(rows)}: wanted [batch, rows] in arrays`,
    );
  }
  const counts = rows.map((row) => row.length);
  if (counts.length !== batch || counts[0] === 0 || counts.some((count) => count !== counts[0])) {
    throw new TypeError(
      `Cannot ${attempt} ${counts} rows of ${counts.length} sequences: wanted the same number ≥ 1 ` +
        `for each of ${batch} (−1 is padding)`,
    );
  }
  const wrong = rows.flat().find((row) => !Number.isInteger(row) || row < -1 || row >= tokens);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot ${attempt} row ${wrong}: wanted 0 … ${tokens - 1}, or −1 for padding`,
    );
  }
}
