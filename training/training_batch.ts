/**
 * A batch with labels.
 *
 * @module
 */
import type { ModelInputs } from "../models/mod.ts";
import type { Labels } from "./labels.ts";

/**
 * A batch of token ids with labels, under transformers' names. Labels of −100 do not count.
 *
 * | head | `labels` |
 * | --- | --- |
 * | SequenceClassification | `[batch]` classes or numbers, or `[batch, labels]` numbers |
 * | MaskedLM, TokenClassification, PreTraining | `[batch, tokens]` |
 * | CausalLM | `[batch, tokens]`, each compared with the scores of the row before it |
 * | ConditionalGeneration | `[batch, ids]`: the ids to write; the decoder reads them shifted |
 * | MultipleChoice | `[batch]`: the index of the right choice |
 * | QuestionAnswering | none, but `start_positions` and `end_positions` |
 */
export interface TrainingBatch extends ModelInputs {
  /** The labels, by the model's head. */
  readonly labels?: Labels;
  /** `[batch]`, for QuestionAnswering: each answer's first token; beyond the text: none. */
  readonly start_positions?: Labels;
  /** `[batch]`, for QuestionAnswering: each answer's last token. */
  readonly end_positions?: Labels;
}
