/**
 * Differentiates activation functions.
 *
 * @module
 */
import type { activation } from "../activation.ts";
import { activationGradient } from "../activation_gradient.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** `dx = dy · f′(x)`. */
export const activationRule: GradientRule<typeof activation> = {
  isCheap: true,
  keeps: (wants, _result, x) => wants(x) ? [x] : [],
  gradient({ run, upstream }, x, name) {
    return [[x, run(activationGradient, upstream, x, name)]];
  },
};
