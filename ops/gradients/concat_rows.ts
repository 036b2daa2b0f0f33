/**
 * Differentiates concatenation.
 *
 * @module
 */
import type { concatRows } from "../concat_rows.ts";
import { gatherRows } from "../gather_rows.ts";
import type { Gradient, GradientRule } from "./gradient_rule.ts";
import { sumBatch } from "./row_sums.ts";

/** The rows of `dy` that each operand gave. */
export const concatRowsRule: GradientRule<typeof concatRows> = {
  // Where only global tokens are trained, those in front of others.
  rows: (wantedRows, x, y) => wantedRows(y) > 0 ? Infinity : Math.min(wantedRows(x), x.dims[1]),
  gradient(context, x, y) {
    const { run, wants, upstream, integers } = context;
    const [xRows, yRows] = [x.dims[1], y.dims[1]];
    const part = (first: number, count: number) => {
      const rows = Int32Array.from({ length: count }, (_, i) => first + i);
      return run(gatherRows, upstream, integers(rows, [1, count]));
    };
    const gradients: Gradient[] = [];
    if (wants(x)) {
      const dx = part(0, xRows);
      gradients.push([x, x.dims[0] === 1 ? sumBatch(context, dx) : dx]);
    }
    if (wants(y)) gradients.push([y, part(xRows, yRows)]);
    return gradients;
  },
};
