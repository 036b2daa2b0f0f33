/**
 * Fills in masked words.
 *
 * @module
 */
import { checkOptions, countFrom } from "../base/check_options.ts";
import { largest as largestOf } from "../base/largest.ts";
import { pauses } from "../base/next_task.ts";
import type { MaskedLM, ModelInputs } from "../models/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { runRows } from "./run_rows.ts";
import { softmax } from "../tensor/softmax.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";
import { largest } from "./top_k.ts";

/** A word for a mask, with transformers.js's names. */
export interface FillMaskResult {
  /** Probability of the word, from 0 to 1. */
  readonly score: number;
  /** Id of the word. */
  readonly token: number;
  /** The word, including a leading space if it has one. */
  readonly token_str: string;
  /** The text with the word instead of the mask; other masks stay. */
  readonly sequence: string;
}

/** Options of a fill-mask call. */
export interface FillMaskOptions extends CallOptions {
  /** Number of words per mask; 5 if absent. */
  readonly top_k?: number;
  /** The only words considered; for a word that is not in the vocabulary, its first token. */
  readonly targets?: string | readonly string[];
}

/** Results for a text with one mask, or with several: one list per mask. */
export type FillMaskResults = FillMaskResult[] | FillMaskResult[][];

/** Call signature of the pipeline: `unmasker(text, options)`. */
export interface FillMaskPipeline {
  /**
   * Fills the masks of one text.
   *
   * @typeParam Words Type of the results: of a text with one mask, its words; with several, lists of
   *   them, as in `const lists: FillMaskResult[][] = await unmasker(text)`.
   */
  <Words extends FillMaskResults = FillMaskResult[]>(
    text: string,
    options?: FillMaskOptions,
  ): Promise<Words>;
  /** Fills the masks of several texts. */
  <Words extends FillMaskResults = FillMaskResult[]>(
    texts: readonly string[],
    options?: FillMaskOptions,
  ): Promise<Words[]>;
  /** Fills the masks of one text, or of several. */
  <Words extends FillMaskResults = FillMaskResult[]>(
    texts: string | readonly string[],
    options?: FillMaskOptions,
  ): Promise<Words | Words[]>;
}

/**
 * Fills in masked words, like transformers.js's pipeline of that name; a text with several masks
 * gives one list per mask, as in Python.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base");
 * const mask = unmasker.tokenizer.mask_token;
 * const words = await unmasker(`a ${mask}`, { top_k: 2 });
 * assertEquals(words.length, 2);
 * unmasker.dispose();
 * ```
 */
export class FillMaskPipeline extends TextPipeline<MaskedLM> {
  /**
   * Creates a pipeline.
   *
   * @param tokenizer Converts text to token ids and back.
   * @param model Predicts words; the pipeline disposes of it.
   * @throws {TypeError} If the tokenizer has no mask token.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: MaskedLM) {
    super(tokenizer, model);
    if (tokenizer.mask_token_id === undefined) {
      throw new TypeError("Cannot fill masks: the tokenizer has no mask_token");
    }
  }

  /**
   * Fills the masks of texts.
   *
   * @param texts One text, or several.
   * @param options Number of words, allowed words and options of every call.
   * @returns For each text the words for its mask, best first, or a list of them for each mask.
   * @throws {TypeError} If an option is unknown or a text is not a string.
   * @throws {RangeError} If `top_k` is not a whole number ≥ 1, a text has no mask or is too long,
   * or there are no texts or targets.
   */
  override async _call(
    texts: string | readonly string[],
    options: FillMaskOptions = {},
  ): Promise<FillMaskResults | FillMaskResults[]> {
    options = checkOptions("Cannot fill masks", options, {
      top_k: countFrom(1),
      targets: undefined,
      ...CALL_OPTIONS,
    });
    const { top_k = 5, truncation = false } = options;
    const words = options.targets === undefined
      ? undefined
      : (await import("./target_ids.ts")).targetIds(this.tokenizer, options.targets);
    const rows = await encodeTexts(
      this.tokenizer,
      this.maxLength,
      [texts].flat(),
      truncation,
      options.signal,
    );
    const positions = rows.map(({ ids }, i) => this.#masksOf(ids, i, truncation));
    const forward = async (inputs: ModelInputs, indices: readonly number[]) => {
      const most = largestOf(indices.map((row) => positions[row].length));
      // Rows with fewer masks are padded with −1.
      const masks = indices.map((row) =>
        Array.from({ length: most }, (_, i) => positions[row][i] ?? -1)
      );
      return [await this.model.logitsAt(inputs, masks)];
    };
    const vocabulary = this.model.config.vocab_size;
    const pause = pauses();
    const results = await runRows(this.model, rows, options, forward, async (row, scores) => {
      const lists: FillMaskResult[][] = [];
      for (const [i, position] of positions[row].entries()) {
        const probabilities = softmax(
          Float64Array.from(scores.subarray(i * vocabulary, (i + 1) * vocabulary)),
        );
        const list: FillMaskResult[] = [];
        for (const token of largest(probabilities, top_k, words)) {
          await pause(); // each word comes with the whole text
          options.signal?.throwIfAborted();
          list.push({
            score: probabilities[token],
            token,
            token_str: this.tokenizer.decode([token]),
            sequence: this.#decode(
              rows[row].ids.with(position, token),
              positions[row].length > 1,
            ),
          });
        }
        lists.push(list);
      }
      return lists.length === 1 ? lists[0] : lists;
    });
    return typeof texts === "string" ? results[0] : results;
  }

  #masksOf(ids: Int32Array, row: number, truncation: boolean): number[] {
    const { mask_token, mask_token_id } = this.tokenizer;
    const masks = [...ids.keys()].filter((i) => ids[i] === mask_token_id);
    if (masks.length > 0) return masks;
    const where = truncation ? `among its first ${this.maxLength} tokens` : "in it";
    throw new RangeError(`Cannot fill text ${row}: the mask token ${mask_token} is not ${where}`);
  }

  #decode(ids: Int32Array, keepsSpecial: boolean): string {
    // As in Python, padding tokens in the text itself are removed, too.
    const text = ids.filter((id) => id !== this.tokenizer.pad_token_id);
    // Skipping special tokens would remove the other masks from the text.
    return this.tokenizer.decode(text, { skip_special_tokens: !keepsSpecial });
  }
}
