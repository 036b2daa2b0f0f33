/**
 * Differentiates feed-forward layers.
 *
 * @module
 */
import type { feedForward } from "../feed_forward.ts";
import { linear } from "../linear.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** Two linear layers, each with its rule. */
export const feedForwardRule: GradientRule<typeof feedForward> = {
  decompose(run, x, up, activation, down) {
    const inner = run(linear, x, up.weight, up.bias, activation);
    return run(linear, inner, down.weight, down.bias);
  },
};
