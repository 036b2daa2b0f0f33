/**
 * Differentiates scattering.
 *
 * @module
 */
import { hostValues } from "../checks.ts";
import { gatherRows } from "../gather_rows.ts";
import type { scatterRows } from "../scatter_rows.ts";
import type { Gradient, GradientRule } from "./gradient_rule.ts";

/** `dy` without the rows that were written, and those rows. */
export const scatterRowsRule: GradientRule<typeof scatterRows> = {
  gradient({ run, wants, upstream, integers }, x, index, y) {
    const gradients: Gradient[] = [];
    const [batch, count] = x.dims;
    const written = hostValues("scatterRows", index);
    if (wants(x)) {
      const kept = Int32Array.from({ length: batch * count }, (_, place) => place % count);
      written.forEach((row, i) => {
        if (row !== -1) kept[Math.floor(i / index.dims[1]) * count + row] = -1;
      });
      gradients.push([x, run(gatherRows, upstream, integers(kept, [batch, count]))]);
    }
    if (wants(y)) gradients.push([y, run(gatherRows, upstream, integers(written, index.dims))]);
    return gradients;
  },
};
