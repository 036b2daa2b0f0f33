/**
 * What a classification of sequences learns.
 *
 * @module
 */
import type { ModelConfig } from "../families/families.ts";

/**
 * Tells whether a classification of sequences is a regression, as transformers does: by the config's
 * `problem_type`; without one, if there is one label.
 *
 * @param config The model's config.
 * @returns Whether it predicts numbers.
 */
export function isRegression({ raw, id2label }: Pick<ModelConfig, "raw" | "id2label">): boolean {
  return (raw.problem_type ?? (id2label.length === 1 && "regression")) === "regression";
}
