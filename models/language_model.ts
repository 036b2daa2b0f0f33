/**
 * A model that predicts words: hidden ones, or the next ones.
 *
 * @module
 */
import type { Floats } from "../ops/backend.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import { checkRows } from "./check_rows.ts";
import { runHead } from "./head.ts";
import type { LogitsOutput } from "./head_model.ts";
import type { PassOptions, TokenRows } from "./pass.ts";
import type { ModelInputs, TokenBatch } from "./inputs.ts";
import { type DecoderIds, PreTrainedModel } from "./pretrained_model.ts";

/**
 * A model that predicts words; each class names its head.
 *
 * @example Words hidden, or next
 * ```ts
 * import { AutoModelForMaskedLM, type LanguageModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * // The likeliest id at one token; scores of the other tokens are not computed.
 * async function likeliest(model: LanguageModel, ids: number[], token: number): Promise<number> {
 *   const { data } = await model.logitsAt({ input_ids: [ids] }, [[token]]);
 *   return data.indexOf(Math.max(...data));
 * }
 * using model = await AutoModelForMaskedLM.from_pretrained("FacebookAI/roberta-base");
 * const id = await likeliest(model, [0, 5, 6, 2], 1);
 * assertEquals(id < model.config.vocab_size, true);
 * ```
 */
export abstract class LanguageModel extends PreTrainedModel<LogitsOutput> {
  /** The head that runs. */
  abstract override readonly head: "MaskedLM" | "CausalLM" | "ConditionalGeneration";

  /**
   * Runs the model on a batch.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @returns Logits `[batch, tokens, vocab_size]`: a score for each word at each token.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table, the batch is too long, or so many scores
   * do not fit the backend's memory.
   */
  override async forward(inputs: ModelInputs): Promise<LogitsOutput> {
    return await this.#run(this.read(inputs), inputs);
  }

  /**
   * Runs the model and the head on some rows only: the head over a large vocabulary costs as much
   * as several layers.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @param rows `[batch, rows]`: the tokens to predict; −1 is padding.
   * @returns `[batch, rows, vocab_size]`.
   * @throws {TypeError} If the inputs are not such a batch, ask for hidden states, or the rows are
   * not arrays or differ in number.
   * @throws {RangeError} If there is no such row, an id has no row in its table or the batch is
   * too long.
   */
  async logitsAt(
    inputs: Omit<ModelInputs, "output_hidden_states">,
    rows: TokenRows,
  ): Promise<Floats> {
    const batch = this.read(inputs);
    if ((inputs as ModelInputs).output_hidden_states) {
      throw new TypeError("Cannot give hidden states with logitsAt(): wanted forward()");
    }
    checkRows("predict", rows, this.readLast(batch, inputs));
    const { logits, encoder_last_hidden_state } = await this.#run(batch, inputs, rows);
    encoder_last_hidden_state?.dispose();
    return logits;
  }

  /** Predicts the given rows, or all. */
  async #run(
    batch: TokenBatch,
    options: PassOptions & DecoderIds,
    rows?: TokenRows,
  ): Promise<LogitsOutput> {
    const head = describeHead(this.config, this.head);
    const { tokens } = this.readLast(batch, options);
    const reserved = this.#reserve(batch.batch, rows?.[0].length ?? tokens);
    try {
      return await this.encode(batch, options, (x) => {
        reserved.dispose();
        return { logits: runHead(this.parts, head, x) };
      }, rows);
    } finally {
      reserved.dispose();
    }
  }

  /** Memory for the scores, and for two tensors inside the head. */
  #reserve(batch: number, rows: number): Floats {
    const { vocab_size: words, hidden_size: width } = this.config;
    try {
      return this.parts.backend.reserve([batch, rows, words + 2 * width]);
    } catch (cause) {
      throw new RangeError(
        `Cannot predict ${words} words for ${batch}·${rows} tokens: ${(cause as Error).message}, ` +
          "and so does logitsAt(), which predicts chosen tokens only, as fill-mask does",
        { cause },
      );
    }
  }
}
