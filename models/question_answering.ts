/**
 * An encoder that finds answers in a text.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { HeadModel } from "./head_model.ts";
import type { ModelInputs } from "./inputs.ts";
import type { HiddenStates } from "./pretrained_model.ts";

/** Outputs of a model that finds answers. */
export interface QuestionAnsweringOutput extends HiddenStates {
  /** `[batch, tokens]`: scores of an answer's first token. */
  readonly start_logits: Floats;
  /** `[batch, tokens]`: scores of its last token. */
  readonly end_logits: Floats;
}

/**
 * An encoder that finds the start and end of an answer in a text.
 *
 * @example
 * ```ts
 * import { AutoModelForQuestionAnswering } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForQuestionAnswering.from_pretrained(
 *   "deepset/bert-base-cased-squad2",
 * );
 * const { start_logits, end_logits } = await model({
 *   input_ids: [[2, 5, 6, 3, 7, 8, 3]],
 *   token_type_ids: [[0, 0, 0, 0, 1, 1, 1]],
 * });
 * assertEquals([start_logits.dims, end_logits.dims], [[1, 7], [1, 7]]);
 * assert(start_logits.argmax(1).item() < 7n); // the token where an answer begins
 * ```
 */
export class QuestionAnswering extends HeadModel<QuestionAnsweringOutput> {
  /** The head that runs. */
  override readonly head = "QuestionAnswering" as const;

  /**
   * Runs the model on a batch.
   *
   * @param inputs A batch of token ids of pairs, question and text, as a tokenizer returns it.
   * @returns Scores `[batch, tokens]` of starts and of ends.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override forward(inputs: ModelInputs): Promise<QuestionAnsweringOutput> {
    return this.run(inputs, (logits) => ({
      start_logits: this.#column(logits, 0),
      end_logits: this.#column(logits, 1),
    }));
  }

  /** `[batch, tokens, 2]` → `[batch, tokens]`: a column is every second row of width 1. */
  #column(logits: Floats, column: number): Floats {
    const { backend } = this.parts;
    const [batch, tokens] = logits.dims;
    const picked = backend.scope(() => {
      const rows = Int32Array.from({ length: tokens }, (_, i) => 2 * i + column);
      const values = logits.reshape([batch, 2 * tokens, 1]);
      return backend.gatherRows(values, backend.integers(rows, [1, tokens]));
    });
    return picked.reshape([batch, tokens]);
  }
}
