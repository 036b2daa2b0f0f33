/**
 * Common part of the pipelines whose model writes texts.
 *
 * @module
 */
import { CALLBACK, FLAG, givenOptions, type OptionCheck } from "../base/check_options.ts";
import { showValue } from "../base/show_value.ts";
import { isJsonObject } from "../base/json.ts";
import type { Seq2SeqLM } from "../generation/seq2seq_lm.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import type { TokenNumbers } from "../models/mod.ts";
import type { EncodedRow, RowOptions } from "../tokenizer/mod.ts";
import { padRows } from "../tokenizer/pad_rows.ts";
import { stackRows } from "../tokenizer/stack_rows.ts";
import { type CallOptions, TextPipeline } from "./text_pipeline.ts";
import { encodeTexts } from "./token_rows.ts";

/** Settings of a call: those of `generate()`, and options of every pipeline. */
export interface WritingOptions
  extends Omit<GenerationSettings, "signal" | "return_dict_in_generate">, CallOptions {
  /**
   * For an LED, `[texts][tokens]`: 1 global, 0 not; absent: the first token of a text and every
   * `<doc-sep>` is.
   */
  readonly global_attention_mask?: TokenNumbers;
}

/** Tasks whose models write texts. */
export type WritingTask = "summarization" | "text2text-generation" | "translation";

/** Most tokens of texts that are written about together: their keys and values are held. */
const MAX_BATCH_TOKENS = 8192;

/** Most new tokens where neither the call nor the checkpoint says. */
const DEFAULT_NEW_TOKENS = 256;

/** The token between the documents of a group, in PRIMERA. */
const DOCUMENT_SEPARATOR = "<doc-sep>";

const OPTIONS: Readonly<Record<string, OptionCheck>> = {
  truncation: FLAG,
  layer_callback: CALLBACK,
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
    { truncation = false, global_attention_mask, layer_callback, signal, ...settings }:
      WritingOptions,
    rowOptions: Pick<RowOptions, "src_lang"> = {},
  ): Promise<string[]> {
    checkFlags({ truncation, layer_callback });
    const prefix = this.#prefix();
    const prefixed = [texts].flat().map((text) => typeof text === "string" ? prefix + text : text);
    const rows = encodeTexts(
      this.tokenizer,
      this.maxLength,
      prefixed,
      truncation,
      undefined,
      rowOptions,
    );
    const written: string[] = [];
    const own: GenerationSettings = settings;
    for (const [first, count] of groups(rows)) {
      const batch = rows.slice(first, first + count);
      const length = Math.max(...batch.map(({ ids }) => ids.length));
      const padding = { id: this.model.config.pad_token_id, side: "right" } as const;
      const { input_ids, attention_mask } = stackRows(padRows(batch, length, padding));
      const ids = await this.model.generate({
        ...own,
        ...this.#length(own),
        input_ids,
        attention_mask,
        global_attention_mask: this.#globals(batch, length, first, global_attention_mask),
        layer_callback,
        signal,
        return_dict_in_generate: false,
      }, this.task);
      written.push(...this.tokenizer.batch_decode(ids, { skip_special_tokens: true }));
    }
    return written;
  }

  /** What a checkpoint puts in front of each text. */
  #prefix(): string {
    const { prefix, task_specific_params: tasks } = this.model.config.raw;
    const own = isJsonObject(tasks) && isJsonObject(tasks[this.task])
      ? (tasks[this.task] as Record<string, unknown>).prefix
      : undefined;
    const chosen = own ?? prefix ?? "";
    if (typeof chosen === "string") return chosen;
    throw new TypeError(`config prefix must be a string, got ${showValue(chosen)}`);
  }

  /** A length, where neither the call nor the checkpoint has one. */
  #length(settings: GenerationSettings): GenerationSettings {
    const own = givenOptions(settings, () => true);
    if ("max_length" in own || "max_new_tokens" in own) return {};
    if (this.model.hasLength(this.task)) return {};
    return { max_new_tokens: Math.min(DEFAULT_NEW_TOKENS, this.model.decoderLength - 1) };
  }

  /** Which tokens are global in an LED, by its authors' convention. */
  #globals(
    rows: readonly EncodedRow[],
    length: number,
    first: number,
    given: TokenNumbers | undefined,
  ): TokenNumbers | undefined {
    if (given !== undefined) return this.#givenGlobals(given, rows, length, first);
    if (!this.model.config.attention_window) return undefined;
    const separator = this.tokenizer.convert_tokens_to_ids([DOCUMENT_SEPARATOR])[0];
    const isSeparator = separator !== this.tokenizer.unk_token_id;
    return rows.map(({ ids }) =>
      Array.from(
        { length },
        (_, t) => Number(t === 0 || isSeparator && ids[t] === separator),
      )
    );
  }

  #givenGlobals(
    given: TokenNumbers,
    rows: readonly EncodedRow[],
    length: number,
    first: number,
  ): number[][] {
    const all = (Array.isArray(given) ? given : (given as { tolist(): unknown }).tolist()) as (
      | number
      | bigint
    )[][];
    return rows.map(({ ids }, i) => {
      const mask = all[first + i] ?? [];
      if (mask.length < ids.length) {
        throw new RangeError(
          `Cannot write about text ${first + i} of ${ids.length} tokens with a ` +
            `global_attention_mask of ${mask.length}: wanted one number for each token`,
        );
      }
      return Array.from({ length }, (_, t) => Number(mask[t] ?? 0));
    });
  }
}

function checkFlags(options: Pick<WritingOptions, "truncation" | "layer_callback">): void {
  for (const [name, { type, wanted }] of Object.entries(OPTIONS)) {
    const value: unknown = options[name as keyof typeof options];
    if (value === undefined || typeof value === type) continue;
    throw new TypeError(`Cannot write with ${name} ${showValue(value)}: wanted ${wanted}`);
  }
}

/** First row and number of rows of each batch. */
function groups(rows: readonly EncodedRow[]): [number, number][] {
  const found: [number, number][] = [];
  let tokens = Infinity;
  rows.forEach(({ ids }, i) => {
    tokens += ids.length;
    if (tokens > MAX_BATCH_TOKENS) {
      found.push([i, 0]);
      tokens = ids.length;
    }
    found.at(-1)![1]++;
  });
  return found;
}
