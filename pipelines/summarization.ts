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

/** Summarises texts, like transformers.js's pipeline of that name, with beams as in Python. */
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
