/**
 * Texts to embedding vectors.
 *
 * @module
 */
import { checkOptions, FLAG, oneOf, TEXT } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import type { EncoderModel, ModelInputs } from "../models/mod.ts";
import { quantize_embeddings } from "../tensor/quantize_embeddings.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";
import { normalizeRows, pool, type Pooling, POOLINGS } from "./pool.ts";
import { runRows } from "./run_rows.ts";
import type { SentencePooling } from "./sentence_pooling.ts";
import { namesOf, prepareText } from "./sentence_texts.ts";
import { CALL_OPTIONS, type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";

/** Options of a feature-extraction call. */
export interface FeatureExtractionOptions extends CallOptions {
  /**
   * Pooling of a text's rows; `none` for all rows. Absent: as configured by a sentence-transformers
   * checkpoint, otherwise `none`. Other layers of such a checkpoint apply to every pooled vector.
   * `first_token` is `cls`; `last_token` and `eos` are `lasttoken`, the last one that is not padding.
   */
  readonly pooling?: Pooling | "first_token" | "last_token" | "eos";
  /** Whether vectors are normalized to length 1; absent: as the checkpoint says, or false. */
  readonly normalize?: boolean;
  /** Text to put in front of each text, such as "query: "; "" for none. */
  readonly prompt?: string;
  /**
   * Name of one of the checkpoint's prompts, in place of `prompt`; absent: the checkpoint's default,
   * if it has one.
   */
  readonly prompt_name?: string;
  /** Whether vectors are packed to bits ({@linkcode quantize_embeddings}); false if absent. */
  readonly quantize?: boolean;
  /** How they are packed: `binary` (if absent) to int8, `ubinary` to uint8. */
  readonly precision?: "binary" | "ubinary";
}

/** transformers.js's names of poolings. */
const OTHER_NAMES = { first_token: "cls", last_token: "lasttoken", eos: "lasttoken" } as const;

/** Type of the values that a call with these options returns. */
export type EmbeddingType<Options> = "quantize" extends keyof Options
  ? Options["quantize"] extends true
    ? Options extends { readonly precision: infer Precision }
      ? Precision extends "ubinary" ? "uint8" : "int8"
    : "int8"
  : true extends Options["quantize"] ? "float32" | "int8" | "uint8"
  : "float32"
  : "float32";

const CHECKS = {
  pooling: oneOf([...POOLINGS, ...Object.keys(OTHER_NAMES)]),
  normalize: FLAG,
  prompt: TEXT,
  prompt_name: TEXT,
  quantize: FLAG,
  precision: oneOf(["binary", "ubinary"]),
  ...CALL_OPTIONS,
};

/** Rows or a vector of a text. */
export interface TextEmbedding {
  /** Number of the text's tokens, special tokens included. */
  readonly tokens: number;
  /** `[width]`, or `[tokens, width]` without pooling. */
  readonly dims: readonly number[];
  /** The values, row-major. */
  readonly data: Float32Array;
}

/** Call signature of the pipeline: `extractor(text, options)`. */
export interface FeatureExtractionPipeline {
  /** Embeds one text, or several. */
  <const Options extends FeatureExtractionOptions = Record<never, never>>(
    texts: string | readonly string[],
    options?: Options,
  ): Promise<Tensor<EmbeddingType<Options>>>;
}

/**
 * Embeds texts, like transformers.js's pipeline of that name.
 *
 * @example The pooling configured by a sentence-transformers checkpoint
 * ```ts
 * import { dot, pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const name = "sentence-transformers/all-MiniLM-L6-v2";
 * const extractor = await pipeline("feature-extraction", name);
 * const { dims, data } = await extractor(["The sea.", "A longer text about the sea."]);
 * const [texts, width] = dims;
 * assertEquals(texts, 2);
 * const similarity = dot(data.slice(0, width), data.slice(width)); // of unit vectors
 * assertEquals(similarity > 0.5, true);
 * extractor.dispose();
 * ```
 */
export class FeatureExtractionPipeline extends TextPipeline<EncoderModel> {
  /** What calls without options do, as a sentence-transformers checkpoint configures it. */
  readonly defaults: SentencePooling;

  /**
   * Creates a pipeline.
   *
   * @param tokenizer Converts text to token ids and back.
   * @param model The encoder; the pipeline disposes of it.
   * @param defaults Pooling, normalization, layers and prompts of calls without these options.
   * @throws {RangeError} If the layers do not fit the vectors.
   */
  constructor(
    tokenizer: PreTrainedTokenizer,
    model: EncoderModel,
    defaults: SentencePooling = { pooling: "none", normalize: false },
  ) {
    super(tokenizer, model);
    this.defaults = defaults;
    this.#checkLayers(defaults.pooling);
  }

  /**
   * Embeds texts.
   *
   * @param texts One text, or several.
   * @param options Pooling, normalization, prompt and options of every call.
   * @returns Vectors, `[texts, width]`; without pooling `[texts, tokens, width]` with zeros after
   * the tokens of shorter texts.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, there are no texts, or a text is too long.
   */
  override async _call(
    texts: string | readonly string[],
    options: FeatureExtractionOptions = {},
  ): Promise<Tensor<"float32" | "int8" | "uint8">> {
    options = checkOptions("Cannot extract features", options, CHECKS);
    const { quantize = false, precision, ...embedOptions } = options;
    if (precision !== undefined && !quantize) {
      throw new TypeError("Cannot extract features with precision: wanted quantize: true, too");
    }
    const embeddings = await this._embed([texts].flat(), embedOptions);
    const longest = embeddings.reduce((length, { data }) => Math.max(length, data.length), 0);
    const data = new Float32Array(embeddings.length * longest);
    embeddings.forEach((embedding, i) => data.set(embedding.data, i * longest));
    const [width] = embeddings[0].dims.slice(-1);
    const dims = embeddings[0].dims.length > 1 ? [longest / width, width] : [width];
    const tensor = new Tensor("float32", data, [embeddings.length, ...dims]);
    return quantize ? quantize_embeddings(tensor, precision ?? "binary") : tensor;
  }

  /**
   * Embeds texts, each with a tensor of its own.
   *
   * @param texts The texts.
   * @param options Pooling, normalization, prompt and options of every call.
   * @returns An embedding for each text.
   * @throws {TypeError} If an option is unknown or has the wrong type, or a text is not a string.
   * @throws {RangeError} If an option is out of range, there are no texts, or a text is too long.
   */
  async _embed(
    texts: readonly string[],
    options: Omit<FeatureExtractionOptions, "quantize" | "precision"> = {},
  ): Promise<TextEmbedding[]> {
    const { quantize: _, precision: __, ...checks } = CHECKS;
    options = checkOptions("Cannot extract features", options, checks);
    const { pooling: name = this.defaults.pooling, normalize = this.defaults.normalize } = options;
    const pooling = isOtherName(name) ? OTHER_NAMES[name] : name;
    this.#checkLayers(pooling);
    const prompt = this.#prompt(options);
    const rows = await this.#encode(texts.map((text) => withPrompt(prompt, text)), options);
    const skip = pooling === "none" ? 0 : await this.#promptLength(prompt, options);
    const short = rows.findIndex(({ ids }) => ids.length <= skip);
    if (short >= 0) {
      throw new RangeError(
        `Cannot embed text ${short}: all its ${rows[short].ids.length} tokens are the prompt's, ` +
          "which this checkpoint leaves out",
      );
    }
    const { hidden_size: width } = this.model.config;
    // The last layer computes that row alone.
    const picked = pooling === "cls"
      ? () => skip
      : pooling === "lasttoken"
      ? (i: number) => rows[i].ids.length - 1
      : undefined;
    const forward = async (inputs: ModelInputs, indices: readonly number[]) => {
      if (picked) return [await this.model.rowsAt(inputs, indices.map((i) => [picked(i)]))];
      const { last_hidden_state, pooler_output } = await this.model(inputs);
      pooler_output?.dispose();
      return [last_hidden_state];
    };
    return await runRows(this.model, rows, options, forward, (i, states) => {
      const tokens = rows[i].ids.length;
      const pooled = picked
        ? states
        : pool(states.subarray(0, tokens * width), width, pooling, skip);
      if (pooling === "none") {
        const data = normalize ? normalizeRows(pooled, width) : pooled;
        return { tokens, dims: [tokens, width], data };
      }
      const { layers = [] } = this.defaults;
      const vector = layers.reduce((vector, layer) => layer.apply(vector), pooled);
      const data = normalize ? normalizeRows(vector, vector.length) : vector;
      return { tokens, dims: [vector.length], data };
    });
  }

  /**
   * Counts the tokens of a text as a call reads it, with its prompt and before it is cut.
   *
   * @param text The text.
   * @param options Prompt of the call.
   * @returns The number of tokens, special ones included.
   * @throws {TypeError} If the text is not a string, or both a prompt and its name are given.
   * @throws {RangeError} If there is no prompt of that name.
   */
  _countTokens(
    text: string,
    options: Pick<FeatureExtractionOptions, "prompt" | "prompt_name"> = {},
  ): number {
    const prepared = prepareText(withPrompt(this.#prompt(options), text), this.defaults);
    return this.tokenizer._encodeRows([prepared])[0].ids.length;
  }

  /** Checks that the layers fit the pooled vectors, and each other. */
  #checkLayers(pooling: Pooling | readonly Pooling[]): void {
    if (pooling === "none") return;
    let width = [pooling].flat().length * this.model.config.hidden_size;
    for (const { name, inputs = width, outputs = inputs } of this.defaults.layers ?? []) {
      if (inputs !== width) {
        throw new RangeError(
          `Cannot pool by ${pooling}: that gives vectors of width ${width}, and the layer ${name} ` +
            `takes ${inputs}`,
        );
      }
      width = outputs;
    }
  }

  #prompt({ prompt, prompt_name }: FeatureExtractionOptions): string {
    const { prompts = {}, default_prompt_name } = this.defaults;
    if (prompt !== undefined && prompt_name !== undefined) {
      throw new TypeError(
        "Cannot extract features with prompt and prompt_name: wanted one of them",
      );
    }
    const name = prompt_name ?? default_prompt_name;
    if (prompt !== undefined || name === undefined) return prompt ?? "";
    if (Object.hasOwn(prompts, name)) return prompts[name];
    throw new RangeError(
      `Cannot extract features with prompt_name ${showValue(name)}: the checkpoint has the ` +
        `prompts ${namesOf(prompts)}`,
    );
  }

  #encode(texts: readonly string[], { truncation = false, signal }: FeatureExtractionOptions) {
    const { tokenizer, maxLength } = this;
    const prepared = texts.map((text) => prepareText(text, this.defaults));
    return encodeTexts(tokenizer, maxLength, prepared, truncation, signal);
  }

  /** Number of rows to leave out: those of the prompt, without a special token behind it. */
  async #promptLength(prompt: string, options: FeatureExtractionOptions): Promise<number> {
    if (prompt === "" || (this.defaults.include_prompt ?? true)) return 0;
    const [{ ids }] = await this.#encode([prompt], options);
    const isSpecial = this.tokenizer.all_special_ids.includes(ids[ids.length - 1]);
    return ids.length - (isSpecial ? 1 : 0);
  }
}

function isOtherName(name: unknown): name is keyof typeof OTHER_NAMES {
  return typeof name === "string" && Object.hasOwn(OTHER_NAMES, name);
}

/** Puts a prompt in front of a text; what is not a string is refused with the other texts. */
function withPrompt(prompt: string, text: string): string {
  return typeof text === "string" ? prompt + text : text;
}
