/**
 * Differentiates gathering.
 *
 * @module
 */
import { hostValues } from "../checks.ts";
import type { gatherRows } from "../gather_rows.ts";
import type { GradientRule } from "./gradient_rule.ts";
import { addRowsTo } from "./row_sums.ts";

/** Each row gets the sum of `dy` over the places that it was gathered to. */
export const gatherRowsRule: GradientRule<typeof gatherRows> = {
  gradient(context, x, index) {
    const [batch, count] = x.dims;
    const picked = index.dims[1];
    const from = hostValues("gatherRows", index);
    const targets = Int32Array.from({ length: batch * picked }, (_, place) => {
      const row = from[place % from.length];
      return row === -1 ? -1 : Math.floor(place / picked) * count + row;
    });
    return [[x, addRowsTo(context, context.upstream, targets, batch * count).reshape(x.dims)]];
  },
};
