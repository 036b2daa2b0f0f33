/**
 * Differentiates addition.
 *
 * @module
 */
import type { add } from "../add.ts";
import type { Floats } from "../operation.ts";
import type { GradientContext, GradientRule } from "./gradient_rule.ts";
import { sumBatch } from "./row_sums.ts";

/** `dx = dy`, and `dy` of rows that all sequences share, summed. */
export const addRule: GradientRule<typeof add> = {
  rows: (wantedRows, x, y) => Math.max(wantedRows(x), wantedRows(y)),
  gradient: (context, x, y) => [
    [x, context.upstream],
    ...(context.wants(y) ? [[y, ofRepeated(context, y, context.upstream)] as const] : []),
  ],
};

/** Rows that were added to each sequence get the sum over all. */
function ofRepeated(context: GradientContext<Floats>, { dims }: Floats, dy: Floats): Floats {
  return dims[0] === dy.dims[0] ? dy : sumBatch(context, dy);
}
