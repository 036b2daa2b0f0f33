/**
 * Texts to embedding vectors.
 *
 * @module
 */
import { checkOptions, FLAG, oneOf } from "../base/check_options.ts";
import type { EncoderModel, ModelInputs } from "../models/mod.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { normalizeRows, pool, type Pooling, POOLINGS } from "./pool.ts";
import { runRows } from "./run_rows.ts";
import type { SentencePooling } from "./sentence_pooling.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";

/** Options of a feature-extraction call. */
export interface FeatureExtractionOptions extends CallOptions {
  /**
   * Pooling of a text's rows: their mean, the first row (`cls`), or all rows (`none`). Absent: as
   * configured by a sentence-transformers checkpoint, otherwise `none`.
   */
  readonly pooling?: Pooling;
  /** Whether vectors are normalized to length 1; absent: as the checkpoint says, or false. */
  readonly normalize?: boolean;
}

/** Call signature of the pipeline: `extractor(text, options)`. */
export interface FeatureExtractionPipeline {
  /** Embeds one text, or several. */
  (texts: string | readonly string[], options?: FeatureExtractionOptions): Promise<
    Tensor<"float32">
  >;
}

/**
 * Embeds texts, like transformers.js's pipeline of that name.
 *
 * @example The pooling configured by a sentence-transformers checkpoint
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const extractor = await pipeline("feature-extraction", "tests/golden/pipelines/bert_sentences");
 * const { dims, data } = await extractor(["The sea.", "A longer text about the sea."]);
 * assertEquals(dims, [2, 8]);
 * const similarity = data.slice(0, 8).reduce((sum, value, i) => sum + value * data[8 + i], 0);
 * assertEquals(similarity > 0.5, true);
 * extractor.dispose();
 * ```
 */
export class FeatureExtractionPipeline extends TextPipeline<EncoderModel> {
  readonly #defaults: SentencePooling;

  /**
   * Creates a pipeline.
   *
   * @param tokenizer Converts text to token ids and back.
   * @param model The encoder; the pipeline disposes of it.
   * @param defaults Pooling and normalization of calls without these options.
   */
  constructor(
    tokenizer: PreTrainedTokenizer,
    model: EncoderModel,
    defaults: SentencePooling = { pooling: "none", normalize: false },
  ) {
    super(tokenizer, model);
    this.#defaults = defaults;
  }

  /**
   * Embeds texts.
   *
   * @param texts One text, or several.
   * @param options Pooling, normalization and options of every call.
   * @returns Vectors, `[texts, width]`; without pooling `[texts, tokens, width]` with zeros after
   * the tokens of shorter texts.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, there are no texts, or a text is too long.
   */
  override async _call(
    texts: string | readonly string[],
    options: FeatureExtractionOptions = {},
  ): Promise<Tensor<"float32">> {
    checkOptions("Cannot extract features", options, {
      pooling: oneOf(POOLINGS),
      normalize: FLAG,
      ...CALL_OPTIONS,
    });
    const { pooling = this.#defaults.pooling, normalize = this.#defaults.normalize } = options;
    const { tokenizer, maxLength } = this;
    const rows = encodeTexts(tokenizer, maxLength, [texts].flat(), options.truncation ?? false);
    const { hidden_size: width } = this.model.config;
    const forward = async (inputs: ModelInputs) => {
      const { last_hidden_state, pooler_output } = await this.model(inputs);
      pooler_output?.dispose();
      return [last_hidden_state];
    };
    const vectors = await runRows(this.model, rows, options, forward, (i, states) => {
      const pooled = pool(states.subarray(0, rows[i].ids.length * width), width, pooling);
      return normalize ? normalizeRows(pooled, width) : pooled;
    });
    const longest = vectors.reduce((length, vector) => Math.max(length, vector.length), 0);
    const data = new Float32Array(vectors.length * longest);
    vectors.forEach((vector, i) => data.set(vector, i * longest));
    const dims = pooling === "none" ? [longest / width, width] : [width];
    return new Tensor("float32", data, [vectors.length, ...dims]);
  }
}
