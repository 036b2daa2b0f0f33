/**
 * Predictions of a model.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import type { Window } from "./passages.ts";

/** Prediction of a masked token. */
export interface Prediction {
  /** Position of the token in its window. */
  readonly position: number;
  /** `−log₂ p` of the target. */
  readonly bits: number;
  /** Most likely token. */
  readonly best: number;
  /** Whether the most likely token is the target. */
  readonly isCorrect: boolean;
}

/**
 * Predicts the masked tokens of a window.
 *
 * @param model The model.
 * @param window A window with at least one masked token.
 * @returns One prediction per masked token.
 */
export async function predict(
  model: MaskedLM,
  { ids, positions, targets }: Window,
): Promise<Prediction[]> {
  const logits = await model.logitsAt({ input_ids: [ids] }, [positions]);
  const scores = await logits.getData();
  const [, , words] = logits.dims;
  logits.dispose();
  return targets.map((id, i) => {
    const row = scores.subarray(i * words, (i + 1) * words);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, x) => total + Math.exp(x - top), 0);
    return {
      position: positions[i],
      bits: (Math.log(sum) + top - row[id]) / Math.LN2,
      best: row.indexOf(top),
      isCorrect: row[id] === top,
    };
  });
}
