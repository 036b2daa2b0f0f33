/**
 * Guesses of a model.
 *
 * @module
 */
import type { MaskedLM } from "../../models/mod.ts";
import type { Window } from "./passages.ts";

/** What a model made of a hidden token. */
export interface Guess {
  /** Where the token is in its window. */
  readonly place: number;
  /** `−log₂ p` of what was hidden. */
  readonly bits: number;
  /** The likeliest token. */
  readonly best: number;
  /** Whether that is what was hidden. */
  readonly isRight: boolean;
}

/**
 * Lets a model guess the hidden tokens of a window.
 *
 * @param model The model.
 * @param window The window; at least one token of it is hidden.
 * @returns A guess for each.
 */
export async function guess(
  model: MaskedLM,
  { ids, places, truth }: Window,
): Promise<Guess[]> {
  const logits = await model.logitsAt({ input_ids: [ids] }, [places]);
  const scores = await logits.getData();
  const [, , words] = logits.dims;
  logits.dispose();
  return truth.map((id, i) => {
    const row = scores.subarray(i * words, (i + 1) * words);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, x) => total + Math.exp(x - top), 0);
    return {
      place: places[i],
      bits: (Math.log(sum) + top - row[id]) / Math.LN2,
      best: row.indexOf(top),
      isRight: row[id] === top,
    };
  });
}
