/**
 * Summarises texts.
 *
 * @module
 */
import { type WritingOptions, WritingPipeline } from "./writing_pipeline.ts";

/** A summary, with transformers.js's name. */
export interface SummarizationResult {
  /** The summary. */
  readonly summary_text: string;
}

/** Call signature of the pipeline: `summarizer(texts, options)`. */
export interface SummarizationPipeline {
  /** Summarises one text, or several. */
  (texts: string | readonly string[], options?: WritingOptions): Promise<SummarizationResult[]>;
}

/**
 * Summarises texts, like transformers.js's pipeline of that name, with beams as in Python.
 *
 * @example A long document, by a checkpoint that reads 1,024 tokens as it is
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const lsg = { max_sequence_length: 4096 };
 * using summarizer = await pipeline("summarization", "facebook/bart-large-cnn", { lsg });
 * const document = "The river ran past the old house. ".repeat(150);
 * const options = { num_beams: 4, max_new_tokens: 60, no_repeat_ngram_size: 3 };
 * const [{ summary_text }] = await summarizer(document, options);
 * assertEquals(typeof summary_text, "string");
 * ```
 *
 * @example Words as they are written
 * ```ts
 * import { pipeline } from "@lsg/core";
 * import { TextStreamer } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * using summarizer = await pipeline("summarization", "facebook/bart-large-cnn");
 * const words: string[] = [];
 * const streamer = new TextStreamer(summarizer.tokenizer, {
 *   callback_function: (text) => words.push(text),
 *   decode_kwargs: { clean_up_tokenization_spaces: false },
 * });
 * const options = { num_beams: 1, max_new_tokens: 60, streamer };
 * const [{ summary_text }] = await summarizer("The river ran past the old house.", options);
 * assertEquals(words.join(""), summary_text);
 * ```
 */
export class SummarizationPipeline extends WritingPipeline {
  /** The task. */
  protected override readonly task = "summarization" as const;

  /**
   * Summarises texts.
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
  ): Promise<SummarizationResult[]> {
    return (await this.write(texts, options)).map((summary_text) => ({ summary_text }));
  }
}
