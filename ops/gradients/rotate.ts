/**
 * Differentiates rotary position embeddings.
 *
 * @module
 */
import { rotate } from "../rotate.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** The rotation back; turns are constants. */
export const rotateRule: GradientRule<typeof rotate> = {
  keeps: (_wants, _result, _x, turns) => [turns],
  gradient: ({ run, upstream }, x, turns, heads, isInverse = false) => [
    [x, run(rotate, upstream, turns, heads, !isInverse)],
  ],
};
