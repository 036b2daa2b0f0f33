/**
 * An encoder that chooses one of several sequences.
 *
 * @module
 */
import { Tensor } from "../tensor/tensor.ts";
import { HeadModel, type LogitsOutput } from "./head_model.ts";
import type { ModelInputs, TokenNumbers } from "./inputs.ts";

/** Names of the inputs that have a row for each choice. */
const ROWS = [
  "input_ids",
  "attention_mask",
  "token_type_ids",
  "global_attention_mask",
] as const;

/**
 * An encoder that scores each choice of each question.
 *
 * @example
 * ```ts
 * import { AutoModelForMultipleChoice } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForMultipleChoice.from_pretrained(
 *   "LIAMF-USP/roberta-large-finetuned-race",
 * );
 * const choices = [[2, 5, 6, 3], [2, 5, 7, 3], [2, 5, 8, 3]];
 * const { logits } = await model({ input_ids: [choices] }); // [questions, choices, tokens]
 * assertEquals(logits.dims, [1, 3]);
 * const [best] = logits.argmax(1).tolist();
 * assert(best < 3n);
 * ```
 */
export class MultipleChoice extends HeadModel<LogitsOutput> {
  /** The head that runs. */
  override readonly head = "MultipleChoice" as const;

  /**
   * Runs the model on a batch.
   *
   * @param inputs Token ids `[batch, choices, tokens]`, and masks of the same shape.
   * @returns Logits `[batch, choices]`.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  override async forward(inputs: ModelInputs): Promise<LogitsOutput> {
    const flat: { -readonly [Name in keyof ModelInputs]: ModelInputs[Name] } = { ...inputs };
    let choices: number | undefined;
    for (const name of ROWS) {
      const given = inputs?.[name];
      if (given === undefined || given === null) continue;
      const { rows, count } = withoutChoices(name, given);
      choices ??= count;
      if (choices !== count) {
        throw new TypeError(
          `Cannot choose: ${name} has ${count} choices, input_ids ${choices}; wanted the same`,
        );
      }
      flat[name] = rows;
    }
    return await this.run(flat, (logits) => ({
      logits: logits.reshape([logits.dims[0] / choices!, choices!]),
    }));
  }
}

/** `[batch, choices, tokens]` → `[batch·choices, tokens]`. */
function withoutChoices(name: string, given: TokenNumbers): { rows: TokenNumbers; count: number } {
  if (given instanceof Tensor && given.dims.length === 3) {
    const [batch, count, tokens] = given.dims;
    return { rows: given.reshape([batch * count, tokens]), count };
  }
  const questions: readonly unknown[] = Array.isArray(given) ? given : [];
  const [count, ...counts] = questions.map((choices) =>
    Array.isArray(choices) && choices.every(Array.isArray) ? choices.length : 0
  );
  if (!count || counts.some((other) => other !== count)) {
    throw new TypeError(
      `Cannot choose: wanted ${name} as a tensor [batch, choices, tokens] or nested arrays, with ` +
        "the same number of choices for each question",
    );
  }
  return { rows: questions.flat() as TokenNumbers, count };
}
