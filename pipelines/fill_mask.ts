/**
 * Filling in hidden words.
 *
 * @module
 */
import type { MaskedLM, ModelInputs } from "../models/mod.ts";
import { Callable } from "../tokenizer/callable.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { softmax } from "./softmax.ts";
import { targetIds } from "./target_ids.ts";
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
export interface FillMaskOptions {
  /** How many words a mask gets; 5 if absent. */
  readonly top_k?: number;
  /** Only these words are considered; one that the vocabulary lacks gives its first token. */
  readonly targets?: string | readonly string[];
  /** Cut texts that are longer than the model; absent: they are an error. */
  readonly truncation?: boolean;
  /** Called after each layer, for showing progress. */
  readonly layer_callback?: ModelInputs["layer_callback"];
}

const KNOWN_OPTIONS = ["top_k", "targets", "truncation", "layer_callback"];

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
export class FillMaskPipeline extends Callable {
  /** Text to ids and back. */
  readonly tokenizer: PreTrainedTokenizer;
  /** What predicts. */
  readonly model: MaskedLM;

  /**
   * Puts a pipeline together.
   *
   * @param tokenizer Text to ids and back.
   * @param model What predicts; the pipeline disposes of it.
   * @throws {TypeError} If the tokenizer has no mask token.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: MaskedLM) {
    super();
    if (tokenizer.mask_token_id === undefined) {
      throw new TypeError("Cannot fill masks: the tokenizer has no mask_token");
    }
    this.tokenizer = tokenizer;
    this.model = model;
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
    const { top_k = 5, truncation = false, layer_callback } = options;
    checkOptions(options, top_k);
    const words = options.targets === undefined
      ? undefined
      : targetIds(this.tokenizer, options.targets);
    // Anything else than texts is refused by the tokenizer.
    const batch = Array.isArray(texts) ? [...texts] : [texts];
    const { input_ids, attention_mask } = this.tokenizer(batch, {
      padding: true,
      truncation,
      ...(truncation && { max_length: this.#longest }),
    });
    const rows = (input_ids.tolist() as bigint[][]).map((row) => row.map(Number));
    const places = rows.map((ids, i) => this.#masksOf(ids, i, truncation));
    const filled = Math.max(...places.map((masks) => masks.length));
    const index = places.map((masks) => Array.from({ length: filled }, (_, i) => masks[i] ?? -1));

    const inputs = { input_ids, attention_mask, ...(layer_callback && { layer_callback }) };
    const logits = await this.model.logitsAt(inputs, index);
    const scores = await logits.getData();
    logits.dispose();
    const vocabulary = logits.dims[2];
    const results = rows.map((ids, b) => {
      const lists = places[b].map((place, i) => {
        const start = (b * filled + i) * vocabulary;
        const probabilities = softmax(scores.subarray(start, start + vocabulary));
        const best = largest(probabilities, top_k, words);
        return best.map((token) => ({
          score: probabilities[token],
          token,
          token_str: this.tokenizer.decode([token]),
          sequence: this.#decode(ids.with(place, token), places[b].length > 1),
        }));
      });
      return lists.length === 1 ? lists[0] : lists;
    });
    return typeof texts === "string" ? results[0] : results;
  }

  /** Gives the model's memory back. */
  dispose(): void {
    this.model.dispose();
  }

  /** The longest text that both the tokenizer and the position table take, in tokens. */
  get #longest(): number {
    return Math.min(this.tokenizer.model_max_length, this.model.maxLength);
  }

  #masksOf(ids: readonly number[], row: number, truncation: boolean): number[] {
    const { mask_token, mask_token_id } = this.tokenizer;
    const masks = [...ids.keys()].filter((i) => ids[i] === mask_token_id);
    if (masks.length > 0) return masks;
    const where = truncation ? `among its first ${this.#longest} tokens` : "in it";
    throw new RangeError(`Cannot fill text ${row}: the mask token ${mask_token} is not ${where}`);
  }

  #decode(ids: readonly number[], keepsSpecial: boolean): string {
    const text = ids.filter((id) => id !== this.tokenizer.pad_token_id);
    // With special tokens left out, the other masks would vanish from the text too.
    return this.tokenizer.decode(text, { skip_special_tokens: !keepsSpecial });
  }
}

function checkOptions(options: FillMaskOptions, topK: number): void {
  const unknown = Object.keys(options).filter((key) => !KNOWN_OPTIONS.includes(key));
  if (unknown.length > 0) {
    throw new TypeError(
      `Cannot fill masks with ${unknown.join(", ")}: wanted ${KNOWN_OPTIONS.join(", ")}`,
    );
  }
  if (!Number.isInteger(topK) || topK < 1) {
    throw new RangeError(`Cannot fill masks with top_k ${topK}: wanted a whole number ≥ 1`);
  }
}
