/**
 * Filling in hidden words.
 *
 * @module
 */
import type { MaskedLM, ModelInputs } from "../models/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { checkOptions, countFrom } from "../base/check_options.ts";
import { softmax } from "./softmax.ts";
import { targetIds } from "./target_ids.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { largest } from "./top_k.ts";

/** One word for one mask, with transformers.js's names. */
export interface FillMaskResult {
  /** The word's probability, from 0 to 1. */
  readonly score: number;
  /** The word's id. */
  readonly token: number;
  /** The word, with the space before it if it has one. */
  readonly token_str: string;
  /** The text with the word in place of the mask; other masks stay. */
  readonly sequence: string;
}

/** How masks are filled. */
export interface FillMaskOptions extends CallOptions {
  /** How many words a mask gets; 5 if absent. */
  readonly top_k?: number;
  /** Only these words are considered; one that the vocabulary lacks gives its first token. */
  readonly targets?: string | readonly string[];
}

/** Results for a text with one mask, or with several: one list a mask. */
export type FillMaskResults = FillMaskResult[] | FillMaskResult[][];

/** The call `unmasker(text, options)`. */
export interface FillMaskPipeline {
  /** Fills the masks of one text. */
  (text: string, options?: FillMaskOptions): Promise<FillMaskResults>;
  /** Fills the masks of several texts. */
  (texts: readonly string[], options?: FillMaskOptions): Promise<FillMaskResults[]>;
}

/**
 * Fills in hidden words, like transformers.js's pipeline of that name; several masks in a text
 * give a list each, as in Python.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const unmasker = await pipeline("fill-mask", "tests/golden/conversion/roberta_512");
 * const mask = unmasker.tokenizer.mask_token;
 * const words = await unmasker(`a ${mask}`, { top_k: 2 });
 * assertEquals(words.length, 2);
 * unmasker.dispose();
 * ```
 */
export class FillMaskPipeline extends TextPipeline<MaskedLM> {
  /**
   * Puts a pipeline together.
   *
   * @param tokenizer Text to ids and back.
   * @param model What predicts; the pipeline disposes of it.
   * @throws {TypeError} If the tokenizer has no mask token.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: MaskedLM) {
    super(tokenizer, model);
    if (tokenizer.mask_token_id === undefined) {
      throw new TypeError("Cannot fill masks: the tokenizer has no mask_token");
    }
  }

  /**
   * What a call does.
   *
   * @param texts One text, or several.
   * @param options How masks are filled.
   * @returns For each text the words of its mask, best first, or a list of them for each mask.
   * @throws {TypeError} If an option is unknown or a text no string.
   * @throws {RangeError} If `top_k` is no whole number ≥ 1, a text has no mask or is too long, or
   * there are no texts or targets.
   */
  override async _call(
    texts: string | readonly string[],
    options: FillMaskOptions = {},
  ): Promise<FillMaskResults | FillMaskResults[]> {
    checkOptions("Cannot fill masks", options, {
      top_k: countFrom(1),
      targets: undefined,
      ...CALL_OPTIONS,
    });
    const { top_k = 5, truncation = false } = options;
    const words = options.targets === undefined
      ? undefined
      : targetIds(this.tokenizer, options.targets);
    const rows = this.encode([texts].flat(), truncation);
    const places = rows.map(({ input_ids }, i) => this.#masksOf(input_ids, i, truncation));
    const forward = async (inputs: ModelInputs, group: readonly number[]) => {
      const filled = Math.max(...group.map((row) => places[row].length));
      const index = group.map((row) =>
        Array.from({ length: filled }, (_, i) => places[row][i] ?? -1)
      );
      return [await this.model.logitsAt(inputs, index)];
    };
    const vocabulary = this.model.config.vocab_size;
    const results = await this.run(rows, options, forward, (row, scores) => {
      const lists = places[row].map((place, i) => {
        const ofMask = scores.subarray(i * vocabulary, (i + 1) * vocabulary);
        const probabilities = softmax(ofMask);
        return largest(probabilities, top_k, words).map((token) => ({
          score: probabilities[token],
          token,
          token_str: this.tokenizer.decode([token]),
          sequence: this.#decode(rows[row].input_ids.with(place, token), places[row].length > 1),
        }));
      });
      return lists.length === 1 ? lists[0] : lists;
    });
    return typeof texts === "string" ? results[0] : results;
  }

  #masksOf(ids: readonly number[], row: number, truncation: boolean): number[] {
    const { mask_token, mask_token_id } = this.tokenizer;
    const masks = [...ids.keys()].filter((i) => ids[i] === mask_token_id);
    if (masks.length > 0) return masks;
    const where = truncation ? `among its first ${this.maxLength} tokens` : "in it";
    throw new RangeError(`Cannot fill text ${row}: the mask token ${mask_token} is not ${where}`);
  }

  #decode(ids: readonly number[], keepsSpecial: boolean): string {
    // As in Python, padding that stands in the text itself goes, too.
    const text = ids.filter((id) => id !== this.tokenizer.pad_token_id);
    // With special tokens left out, the other masks would vanish from the text too.
    return this.tokenizer.decode(text, { skip_special_tokens: !keepsSpecial });
  }
}
