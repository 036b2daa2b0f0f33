/**
 * Differentiates dropout.
 *
 * @module
 */
import { dropout } from "../dropout.ts";
import type { GradientRule } from "./gradient_rule.ts";

/** The same draw, of `dy`; nothing is kept. */
export const dropoutRule: GradientRule<typeof dropout> = {
  rows: (wantedRows, x) => wantedRows(x),
  gradient: ({ run, upstream }, x, rate, key) => [[x, run(dropout, upstream, rate, key)]],
};
