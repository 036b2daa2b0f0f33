/**
 * Differentiates multiplication.
 *
 * @module
 */
import { multiply } from "../multiply.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** `dx = dy · y`, `dy · x`. */
export const multiplyRule: GradientRule<typeof multiply> = {
  keeps: (wants, _result, x, y) => [...(wants(x) ? [y] : []), ...(wants(y) ? [x] : [])],
  gradient: ({ run, wants, upstream }, x, y) => [
    ...(wants(x) ? [[x, run(multiply, upstream, y)] as const] : []),
    ...(wants(y) ? [[y, run(multiply, upstream, x)] as const] : []),
  ],
};
