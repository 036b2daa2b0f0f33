/**
 * Differentiates layer normalisation.
 *
 * @module
 */
import { add } from "../add.ts";
import { layerNorm } from "../layer_norm.ts";
import { normGradient } from "../norm_gradient.ts";
import { sumRows } from "../sum_rows.ts";
import type { Gradient, GradientRule } from "./gradient_rule.ts";

/** Of the weight: `dy` times the norm without weights, summed over rows. */
export const layerNormRule: GradientRule<typeof layerNorm> = {
  // One sum is kept in place of its two terms.
  decompose: (run, x, weight, bias, epsilon, residual) =>
    residual && run(layerNorm, run(add, x, residual), weight, bias, epsilon),
  rows: (wantedRows, x, weight, bias) =>
    wantedRows(weight) || wantedRows(bias) ? Infinity : wantedRows(x),
  isCheap: true,
  keeps: (_wants, _result, x, weight, bias) => [x, weight, bias],
  gradient({ run, wants, upstream, floats }, x, weight, bias, epsilon) {
    const gradients: Gradient[] = [];
    if (wants(x)) gradients.push([x, run(normGradient, upstream, x, weight, epsilon, "layer")]);
    if (wants(weight)) {
      const [one, zero] = [1, 0].map((value) =>
        floats(new Float32Array(weight.size).fill(value), weight.dims)
      );
      const normed = run(layerNorm, x, one, zero, epsilon);
      gradients.push([weight, run(sumRows, upstream, normed)]);
    }
    if (wants(bias)) gradients.push([bias, run(sumRows, upstream)]);
    return gradients;
  },
};
