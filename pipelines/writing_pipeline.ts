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
} from "../base/check_options.ts";
import { isJsonObject } from "../base/json.ts";
import { showNames, showValue } from "../base/show_value.ts";
import type { Seq2SeqLM } from "../generation/seq2seq_lm.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import type { TokenNumbers } from "../models/mod.ts";
import type { EncodedRow, RowOptions } from "../tokenizer/mod.ts";
import { padRows } from "../tokenizer/pad_rows.ts";
import { stackRows } from "../tokenizer/stack_rows.ts";
import { conventionalGlobals, readGlobals } from "./document_globals.ts";
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
  CallOptions {
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

/** Most tokens of texts that are written about together, and most bytes of their keys and values. */
const [MAX_BATCH_TOKENS, MAX_BATCH_BYTES] = [8192, 2 ** 28];

/** Most new tokens where neither the call nor the checkpoint says. */
const DEFAULT_NEW_TOKENS = 256;

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
  "truncation" | "layer_callback" | "clean_up_tokenization_spaces"
>;

const OWN_CHECKS: { readonly [Name in keyof Required<OwnOptions>]: OptionCheck } = {
  truncation: FLAG,
  layer_callback: CALLBACK,
  clean_up_tokenization_spaces: FLAG,
};

/** A pipeline whose model writes texts about texts; each class names its task and its results. */
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
    const { truncation = false, layer_callback, clean_up_tokenization_spaces = false } = own;
    const prefix = this.#prefix();
    const rows = encodeTexts(
      this.tokenizer,
      this.maxLength,
      [texts].flat().map((text) => typeof text === "string" ? prefix + text : text),
      truncation,
      undefined,
      rowOptions,
    );
    const globals = this.#globals(rows, given);
    const written: string[] = [];
    for (const [first, count] of batches(rows, settings.streamer ? 0 : this.#batchTokens)) {
      const batch = rows.slice(first, first + count);
      const length = Math.max(...batch.map(({ ids }) => ids.length));
      const padding = { id: this.model.config.pad_token_id, side: "right" } as const;
      const { input_ids, attention_mask } = stackRows(padRows(batch, length, padding));
      const ids = await this.model.generate({
        tokenizer: this.tokenizer,
        ...settings,
        ...this.#length(settings),
        ...this.#seed(settings, first, written.length),
        input_ids,
        attention_mask,
        global_attention_mask: globals?.slice(first, first + count).map((mask) => [
          ...mask,
          ...Array<number>(length - mask.length).fill(0),
        ]),
        layer_callback,
        signal: settings.signal ?? undefined,
        return_dict_in_generate: false,
      }, this.task);
      const decoding = { skip_special_tokens: true, clean_up_tokenization_spaces };
      written.push(...this.tokenizer.batch_decode(ids, decoding));
    }
    return written;
  }

  /** Most tokens of texts that are written about together; a longer text is alone. */
  get #batchTokens(): number {
    const { hidden_size: width, decoder } = this.model.config;
    const keysAndValues = 2 * decoder!.num_hidden_layers * width;
    const bytes = keysAndValues * Float32Array.BYTES_PER_ELEMENT;
    return Math.min(MAX_BATCH_TOKENS, Math.floor(MAX_BATCH_BYTES / bytes));
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

  /** A length, where neither the call nor the checkpoint has one. */
  #length(settings: GenerationSettings): GenerationSettings {
    const isGiven = (length: unknown) => length !== undefined;
    if (isGiven(settings.max_length) || isGiven(settings.max_new_tokens)) return {};
    const { max_length, max_new_tokens } = this.model.settingsOf(this.task);
    if (isGiven(max_length) || isGiven(max_new_tokens)) return {};
    return { max_new_tokens: Math.min(DEFAULT_NEW_TOKENS, this.model.decoderLength - 1) };
  }

  /** A batch goes on with the seeds behind those of the batches before it. */
  #seed({ seed, num_beams }: GenerationSettings, texts: number, rows: number): GenerationSettings {
    if (typeof seed !== "number" || texts === 0) return {};
    const beams = num_beams ?? this.model.settingsOf(this.task).num_beams ?? 1;
    // One generator a text with beams, one a row without.
    return { seed: (seed + (beams > 1 ? texts : rows)) >>> 0 };
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
    global_attention_mask,
    ...settings
  } = options;
  const own = { truncation, layer_callback, clean_up_tokenization_spaces };
  return {
    own: checkOptions("Cannot write", own, OWN_CHECKS),
    given: global_attention_mask ?? undefined,
    settings,
  };
}

/** First row and number of rows of each batch, of at most so many tokens or of a single row. */
function batches(rows: readonly EncodedRow[], most: number): [number, number][] {
  const found: [number, number][] = [];
  let tokens = Infinity;
  rows.forEach(({ ids }, i) => {
    tokens += ids.length;
    if (tokens > most) {
      found.push([i, 0]);
      tokens = ids.length;
    }
    found[found.length - 1][1]++;
  });
  return found;
}
