/**
 * Base class of all pipelines.
 *
 * @module
 */
import { Callable } from "../base/callable.ts";
import { CALLBACK, countFrom, FLAG, type OptionCheck, SIGNAL } from "../base/check_options.ts";
import type { ModelInputs, PreTrainedModel } from "../models/mod.ts";
import type { PreTrainedTokenizer } from "../tokenizer/mod.ts";

/** Options of every call. */
export interface CallOptions {
  /** Whether texts that are too long for the model are truncated; otherwise they are an error. */
  readonly truncation?: boolean;
  /**
   * Most tokens that run together, padding included; a longer text runs alone. 8,192 if absent: more
   * need more memory.
   */
  readonly max_batch_tokens?: number;
  /** Called after each layer of each batch of texts, for showing progress. */
  readonly layer_callback?: ModelInputs["layer_callback"];
  /** Stops the call when aborted: its promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Checks of {@linkcode CallOptions}. */
export const CALL_OPTIONS: { readonly [Name in keyof Required<CallOptions>]: OptionCheck } = {
  truncation: FLAG,
  max_batch_tokens: countFrom(1),
  layer_callback: CALLBACK,
  signal: SIGNAL,
};

/**
 * A tokenizer and a model that perform a task; `using` disposes of it.
 *
 * @example
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { TextPipeline } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * using unmasker = await pipeline("fill-mask", "FacebookAI/roberta-base");
 * assertEquals(unmasker instanceof TextPipeline, true);
 * assertEquals(unmasker.maxLength, 512);
 * assertEquals(unmasker.tokenizer.mask_token, "<mask>");
 * ```
 */
export abstract class TextPipeline<Model extends PreTrainedModel<unknown>> extends Callable {
  /** Converts text to token ids and back. */
  readonly tokenizer: PreTrainedTokenizer;
  /** Computes scores. */
  readonly model: Model;

  /**
   * Creates a pipeline.
   *
   * @param tokenizer Converts text to token ids and back.
   * @param model Computes scores; the pipeline disposes of it.
   */
  constructor(tokenizer: PreTrainedTokenizer, model: Model) {
    super();
    this.tokenizer = tokenizer;
    this.model = model;
  }

  /** Largest number of tokens that both the tokenizer and the position table allow. */
  get maxLength(): number {
    return Math.min(this.tokenizer.model_max_length, this.model.maxLength);
  }

  /** Releases the model's memory. A second call does nothing. */
  dispose(): void {
    this.model.dispose();
  }

  /** Same as {@linkcode TextPipeline.dispose}, at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Same as {@linkcode TextPipeline.dispose}, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }
}
