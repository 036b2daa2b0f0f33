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
import type { Gradient, GradientRule } from "./gradient_rule.ts";

/** `dx = dy·W`, `dW = dyᵀ·x`, and `dy` summed over rows. */
export const linearRule: GradientRule<typeof linear> = {
  decompose: (run, x, matrix, bias, name) =>
    name === undefined ? undefined : run(activation, run(linear, x, matrix, bias), name),
  isCostly: true,
  keeps: (wants, _result, x, matrix) => [
    ...(wants(matrix) ? [x] : []),
    ...(wants(x) ? [matrix] : []),
  ],
  gradient({ run, wants, upstream, sumOf }, x, matrix, bias) {
    const gradients: Gradient[] = [];
    if (wants(x)) gradients.push([x, run(linearInputs, upstream, matrix)]);
    if (wants(matrix)) gradients.push([matrix, run(weightGradient, upstream, x, sumOf(matrix))]);
    if (bias && wants(bias)) gradients.push([bias, run(sumRows, upstream)]);
    return gradients;
  },
};
