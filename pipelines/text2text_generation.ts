/**
 * Writes texts about texts.
 *
 * @module
 */
import { type WritingOptions, WritingPipeline } from "./writing_pipeline.ts";

/** A text that was written, with transformers.js's name. */
export interface Text2TextGenerationResult {
  /** The text. */
  readonly generated_text: string;
}

/** Call signature of the pipeline: `writer(texts, options)`. */
export interface Text2TextGenerationPipeline {
  /** Writes about one text, or several. */
  (
    texts: string | readonly string[],
    options?: WritingOptions,
  ): Promise<Text2TextGenerationResult[]>;
}

/**
 * Writes texts about texts, like transformers.js's pipeline of that name, with beams as in Python.
 *
 * @example Several answers to each text
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using writer = await pipeline("text2text-generation", "facebook/bart-base");
 * const drawn = { do_sample: true, top_p: 0.9, seed: 7, num_return_sequences: 3, max_length: 10 };
 * const written = await writer(["Who left?", "Why?"], drawn);
 * assertEquals(written.length, 6);
 * assertEquals(await writer(["Who left?", "Why?"], drawn), written);
 * ```
 */
export class Text2TextGenerationPipeline extends WritingPipeline {
  /** The task. */
  protected override readonly task = "text2text-generation" as const;

  /**
   * Writes about texts.
   *
   * @param texts One text, or several.
   * @param options Settings of `generate()`, and options of every call.
   * @returns A record for each text and returned sequence, in order.
   * @throws {TypeError} If an option is unknown or of the wrong type, or a text is not a string.
   * @throws {RangeError} If a text is too long, or an option is out of range.
   */
  override async _call(
    texts: string | readonly string[],
    options: WritingOptions = {},
  ): Promise<Text2TextGenerationResult[]> {
    return (await this.write(texts, options)).map((generated_text) => ({ generated_text }));
  }
}
