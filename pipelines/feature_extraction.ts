/**
 * Texts to vectors.
 *
 * @module
 */
import type { EncoderModel, ModelInputs } from "../models/mod.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { checkOptions, FLAG, oneOf } from "../base/check_options.ts";
import { normalizeRows, pool, type Pooling, POOLINGS } from "./pool.ts";
import type { SentencePooling } from "./sentence_pooling.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";

/** How texts become vectors. */
export interface FeatureExtractionOptions extends CallOptions {
  /**
   * What becomes of a text's rows: their mean, the first one (`cls`), or all stay (`none`). Absent:
   * what a sentence-transformers checkpoint asks for, else `none`.
   */
  readonly pooling?: Pooling;
  /** Whether each vector gets the length 1; absent: as the checkpoint asks for, else not. */
  readonly normalize?: boolean;
}

/** The call `extractor(text, options)`. */
export interface FeatureExtractionPipeline {
  /** Makes vectors of one text, or of several. */
  (texts: string | readonly string[], options?: FeatureExtractionOptions): Promise<
    Tensor<"float32">
  >;
}

/**
 * Makes vectors of texts, like transformers.js's pipeline of that name.
 *
 * @example The pooling that a sentence-transformers checkpoint asks for
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
   * Puts a pipeline together.
   *
   * @param tokenizer Text to ids and back.
   * @param model The encoder; the pipeline disposes of it.
   * @param defaults What a call does that does not say.
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
   * What a call does.
   *
   * @param texts One text, or several.
   * @param options How they become vectors.
   * @returns `[texts, width]`; without pooling `[texts, tokens, width]` with zeros behind the
   * tokens of shorter texts.
   * @throws {TypeError} If an option is unknown or of a wrong type, or a text no string.
   * @throws {RangeError} If an option is out of range, there are no texts, or one is too long.
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
    const rows = this.encode([texts].flat(), options.truncation ?? false);
    const { hidden_size: width } = this.model.config;
    const forward = async (inputs: ModelInputs) => {
      const { last_hidden_state, pooler_output } = await this.model(inputs);
      pooler_output?.dispose();
      return [last_hidden_state];
    };
    const vectors = await this.run(rows, options, forward, (i, states) => {
      const pooled = pool(states.subarray(0, rows[i].input_ids.length * width), width, pooling);
      return normalize ? normalizeRows(pooled, width) : pooled;
    });
    const longest = vectors.reduce((length, vector) => Math.max(length, vector.length), 0);
    const data = new Float32Array(vectors.length * longest);
    vectors.forEach((vector, i) => data.set(vector, i * longest));
    const dims = pooling === "none" ? [longest / width, width] : [width];
    return new Tensor("float32", data, [vectors.length, ...dims]);
  }
}
