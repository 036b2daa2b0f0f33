/**
 * Differentiates root mean square normalisation.
 *
 * @module
 */
import { add } from "../add.ts";
import { normGradient } from "../norm_gradient.ts";
import { rmsNorm } from "../rms_norm.ts";
import { sumRows } from "../sum_rows.ts";
import type { Gradient, GradientRule } from "./gradient_rule.ts";

/** Of the weight: `dy` times the norm without weights, summed over rows. */
export const rmsNormRule: GradientRule<typeof rmsNorm> = {
  // One sum is kept in place of its two terms.
  decompose: (run, x, weight, epsilon, residual) =>
    residual && run(rmsNorm, run(add, x, residual), weight, epsilon),
  isCheap: true,
  keeps: (_wants, _result, x, weight) => [x, weight],
  gradient({ run, wants, upstream, floats }, x, weight, epsilon) {
    const gradients: Gradient[] = [];
    if (wants(x)) gradients.push([x, run(normGradient, upstream, x, weight, epsilon, "rms")]);
    if (wants(weight)) {
      const one = floats(new Float32Array(weight.size).fill(1), weight.dims);
      const normed = run(rmsNorm, x, one, epsilon);
      gradients.push([weight, run(sumRows, upstream, normed)]);
    }
    return gradients;
  },
};
