/**
 * Sums over rows, for gradients of operands that all rows share.
 *
 * @module
 */
import { addToRows } from "../add_to_rows.ts";
import type { Floats } from "../operation.ts";
import { sumRows } from "../sum_rows.ts";
import type { GradientContext } from "./gradient_rule.ts";

/** What sums are computed with. */
type Context = Pick<GradientContext, "run" | "integers">;

/**
 * The sum over the batch, for an operand that all sequences share.
 *
 * @param context Runs operations.
 * @param x `[b, n, w]`.
 * @returns `[1, n, w]`.
 */
export function sumBatch({ run }: Context, x: Floats): Floats {
  const [batch, ...rest] = x.dims;
  if (batch === 1) return x;
  return run(sumRows, x.reshape([batch, x.size / batch])).reshape([1, ...rest]);
}

/**
 * Adds rows to rows of a tensor of zeros.
 *
 * @param context Runs operations.
 * @param y `[…, w]`: `m` rows.
 * @param targets The row that each of them is added to, −1 for none.
 * @param rows Number of rows of the result.
 * @param scale Factor of all rows.
 * @param sum `[rows, w]` that they are added to in place; absent: zeros.
 * @returns `[rows, w]`.
 */
export function addRowsTo(
  { run, integers }: Context,
  y: Floats,
  targets: Int32Array,
  rows: number,
  scale = 1,
  sum?: Floats,
): Floats {
  const width = y.dims[y.dims.length - 1];
  // Sorted here, so that each row of the result has one writer and one order of its terms.
  const starts = new Int32Array(rows + 1);
  for (const target of targets) if (target >= 0) starts[target + 1]++;
  for (let row = 0; row < rows; row++) starts[row + 1] += starts[row];
  const order = new Int32Array(starts[rows]);
  const next = starts.slice();
  targets.forEach((target, place) => {
    if (target >= 0) order[next[target]++] = place;
  });
  return run(
    addToRows,
    y.reshape([targets.length, width]),
    integers(order, [order.length]),
    integers(starts, [starts.length]),
    scale,
    sum,
  );
}
