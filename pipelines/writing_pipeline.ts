/**
 * Common part of the pipelines whose model writes texts.
 *
 * @module
 */
import {
  assertObject,
  CALLBACK,
  checkOptions,
  FLAG,
  givenOptions,
  type OptionCheck,
  SIGNAL,
} from "../base/check_options.ts";
import { isJsonObject } from "../base/json.ts";
import { largest } from "../base/largest.ts";
import { showNames, showValue } from "../base/show_value.ts";
import type { Seq2SeqLM } from "../generation/seq2seq_lm.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import type { TokenNumbers } from "../models/mod.ts";
import type { EncodedRow, RowOptions } from "../tokenizer/mod.ts";
import { padRows } from "../tokenizer/pad_rows.ts";
import { stackRows } from "../tokenizer/stack_rows.ts";
import { conventionalGlobals, readGlobals } from "./document_globals.ts";
import { batchRows, defaultLength, laterSeed } from "./generation_batches.ts";
import { type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";

/**
 * Settings of a call: those of `generate()`, and options of every pipeline. A streamer gets the
 * texts one after the other, each from its start to its end.
 */
export interface WritingOptions extends
  Omit<
    GenerationSettings,
    "signal" | "return_dict_in_generate" | "output_scores" | "past_key_values"
  >,
  Omit<CallOptions, "max_batch_tokens"> {
  /**
   * For an LED, `[texts][tokens]`, tokens of the checkpoint's prefix included: 1 global, 0 not;
   * absent: the first token of a text and every `<doc-sep>` is.
   */
  readonly global_attention_mask?: TokenNumbers;
  /** Whether spaces before punctuation are removed from what was written; false if absent. */
  readonly clean_up_tokenization_spaces?: boolean;
}

/** Tasks whose models write texts. */
export type WritingTask = "summarization" | "text2text-generation" | "translation";

/** Inputs and settings of `generate()` that the pipeline makes itself, or that need its result. */
const NOT_TAKEN: readonly string[] = [
  "input_ids",
  "attention_mask",
  "decoder_input_ids",
  "past_key_values",
  "return_dict_in_generate",
  "output_scores",
];

type OwnOptions = Pick<
  WritingOptions,
  "truncation" | "layer_callback" | "clean_up_tokenization_spaces" | "signal"
>;

const OWN_CHECKS: { readonly [Name in keyof Required<OwnOptions>]: OptionCheck } = {
  truncation: FLAG,
  layer_callback: CALLBACK,
  clean_up_tokenization_spaces: FLAG,
  signal: SIGNAL,
};

/**
 * A pipeline whose model writes texts about texts; each class names its task and its results.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { WritingPipeline } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * using summarizer = await pipeline("summarization", "facebook/bart-large-cnn");
 * assertEquals(summarizer instanceof WritingPipeline, true);
 * ```
 */
export abstract class WritingPipeline extends TextPipeline<Seq2SeqLM> {
  /** The task, whose settings in `task_specific_params` of config.json hold. */
  protected abstract readonly task: WritingTask;

  /**
   * Writes about texts.
   *
   * @param texts The texts.
   * @param options Settings of the call.
   * @param rowOptions Options of the tokenizer.
   * @returns The texts that were written, `num_return_sequences` for each text, in order.
   */
  protected async write(
    texts: string | readonly string[],
    options: WritingOptions,
    rowOptions: Pick<RowOptions, "src_lang"> = {},
  ): Promise<string[]> {
    const { own, given, settings } = splitOptions(options);
    const { truncation = false, layer_callback, clean_up_tokenization_spaces = false, signal } =
      own;
    const prefix = this.#prefix();
    const rows = await encodeTexts(
      this.tokenizer,
      this.maxLength,
      [texts].flat().map((text) => typeof text === "string" ? prefix + text : text),
      truncation,
      signal ?? undefined,
      undefined,
      rowOptions,
    );
    const globals = this.#globals(rows, given);
    const written: string[] = [];
    const sources = { given: settings, own: this.model.settingsOf(this.task) };
    const batches = batchRows(rows, this.#bytesPerToken, Boolean(settings.streamer));
    for (const [first, count] of batches) {
      const batch = rows.slice(first, first + count);
      const length = largest(batch.map(({ ids }) => ids.length));
      const padding = { id: this.model.config.pad_token_id, side: "right" } as const;
      const { input_ids, attention_mask } = stackRows(padRows(batch, length, padding));
      const ids = await this.model.generate({
        tokenizer: this.tokenizer,
        ...settings,
        ...defaultLength(sources, this.model.decoderLength - 1),
        ...laterSeed(sources, first, written.length),
        input_ids,
        attention_mask,
        global_attention_mask: globals?.slice(first, first + count).map((mask) => [
          ...mask,
          ...Array<number>(length - mask.length).fill(0),
        ]),
        layer_callback,
        signal,
        return_dict_in_generate: false,
      }, this.task);
      const decoding = { skip_special_tokens: true, clean_up_tokenization_spaces };
      written.push(...this.tokenizer.batch_decode(ids, decoding));
    }
    return written;
  }

  /** Bytes of a token's keys and values in the decoder. */
  get #bytesPerToken(): number {
    const { hidden_size: width, decoder } = this.model.config;
    return 2 * decoder!.num_hidden_layers * width * Float32Array.BYTES_PER_ELEMENT;
  }

  /** What a checkpoint puts in front of each text. */
  #prefix(): string {
    const { prefix, task_specific_params: tasks } = this.model.config.raw;
    const own = isJsonObject(tasks) && Object.hasOwn(tasks, this.task) ? tasks[this.task] : {};
    const chosen = (isJsonObject(own) ? own.prefix : undefined) ?? prefix ?? "";
    if (typeof chosen === "string") return chosen;
    throw new TypeError(
      `Cannot put the prefix of config.json, ${showValue(chosen)}, in front of texts: wanted a ` +
        "string",
    );
  }

  /** Which tokens are global in an LED. */
  #globals(rows: readonly EncodedRow[], given: TokenNumbers | undefined): number[][] | undefined {
    if (given !== undefined) return readGlobals(given, rows);
    if (!this.model.config.attention_window) return undefined;
    return conventionalGlobals(rows, this.tokenizer);
  }
}

/** Separates the pipeline's own options from the settings of `generate()`, which checks those. */
function splitOptions(options: WritingOptions): {
  own: OwnOptions;
  given: TokenNumbers | undefined;
  settings: GenerationSettings;
} {
  assertObject("Cannot write", options);
  const wrong = Object.keys(givenOptions(options)).filter((name) => NOT_TAKEN.includes(name));
  if (wrong.length > 0) {
    throw new TypeError(
      `Cannot write with ${showNames(wrong)}: wanted settings such as max_new_tokens; generate() ` +
        "of the model takes ids, and returns more than texts",
    );
  }
  const {
    truncation,
    layer_callback,
    clean_up_tokenization_spaces,
    signal,
    global_attention_mask,
    ...settings
  } = options;
  const own = { truncation, layer_callback, clean_up_tokenization_spaces, signal };
  return {
    own: checkOptions("Cannot write", own, OWN_CHECKS),
    given: global_attention_mask ?? undefined,
    settings,
  };
}
