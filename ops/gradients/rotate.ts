/**
 * Differentiates rotary position embeddings.
 *
 * @module
 */
import { hostValues } from "../checks.ts";
import { rotate } from "../rotate.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** The rotation back. */
export const rotateRule: GradientRule<typeof rotate> = {
  gradient({ run, upstream, integers }, x, positions, heads, theta) {
    const back = hostValues("rotate", positions).map((position) => -position);
    return [[x, run(rotate, upstream, integers(back, positions.dims), heads, theta)]];
  },
};
