/**
 * Differentiates linear layers.
 *
 * @module
 */
import { activation } from "../activation.ts";
import { linear } from "../linear.ts";
import { linearInputs } from "../linear_inputs.ts";
import { sumRows } from "../sum_rows.ts";
import { weightGradient } from "../weight_gradient.ts";
import type { Floats } from "../operation.ts";
import { gatherRows } from "../gather_rows.ts";
import type { Gradient, GradientContext, GradientRule } from "./gradient_rule.ts";

/** `dx = dy·W`, `dW = dyᵀ·x`, and `dy` summed over rows. */
export const linearRule: GradientRule<typeof linear> = {
  decompose: (run, x, matrix, bias, name) =>
    name === undefined ? undefined : run(activation, run(linear, x, matrix, bias), name),
  isCostly: true,
  rows: (wantedRows, x, matrix, bias) =>
    wantedRows(matrix) || wantedRows(bias) ? Infinity : wantedRows(x),
  keeps: (wants, _result, x, matrix) => [
    ...(wants(matrix) ? [x] : []),
    ...(wants(x) ? [matrix] : []),
  ],
  gradient(context, x, matrix, bias) {
    const { run, wants, upstream, sumOf } = context;
    const gradients: Gradient[] = [];
    if (wants(x)) gradients.push([x, byInputs(context, x, matrix)]);
    if (wants(matrix)) gradients.push([matrix, run(weightGradient, upstream, x, sumOf(matrix))]);
    if (bias && wants(bias)) gradients.push([bias, run(sumRows, upstream)]);
    return gradients;
  },
};

/** The gradient by inputs, of those rows that are wanted; the others are zeros. */
function byInputs(
  { run, integers, upstream, wantedRows }: GradientContext<Floats>,
  x: Floats,
  matrix: Floats,
): Floats {
  const wanted = wantedRows(x), all = x.dims[1];
  if (wanted >= all) return run(linearInputs, upstream, matrix);
  const first = (count: number) =>
    integers(Int32Array.from({ length: count }, (_, row) => row < wanted ? row : -1), [1, count]);
  const dx = run(linearInputs, run(gatherRows, upstream, first(wanted)), matrix);
  return run(gatherRows, dx, first(all));
}
