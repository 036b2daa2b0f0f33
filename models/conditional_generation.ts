/**
 * An encoder-decoder that writes texts.
 *
 * @module
 */
import { describeHead } from "../checkpoint/describe_head.ts";
import { DecoderRunner } from "./decoder_runner.ts";
import { type DocumentEncoder, encodeDocuments } from "./document_memory.ts";
import type { ModelInputs } from "./inputs.ts";
import { FullRowAttention } from "./row_attention.ts";
import { LanguageModel } from "./language_model.ts";
import type { SequenceRunner } from "./sequence_runner.ts";

/** What a decoder starts from. */
export type EncoderInputs = Pick<
  ModelInputs,
  "input_ids" | "attention_mask" | "global_attention_mask" | "layer_callback" | "signal"
>;

/**
 * An encoder-decoder that gives each id of its decoder's input a score for each next id: logits
 * `[batch, ids, vocab_size]`.
 *
 * @example What is likely to follow each id of a summary
 * ```ts
 * import { BartForConditionalGeneration } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await BartForConditionalGeneration.from_pretrained("facebook/bart-base");
 * const { logits } = await model({ input_ids: [[0, 5, 6, 2]], decoder_input_ids: [[2, 0, 5]] });
 * assertEquals(logits.dims, [1, 3, model.config.vocab_size]);
 * ```
 */
export class ConditionalGeneration extends LanguageModel {
  /** The head that runs. */
  override readonly head = "ConditionalGeneration" as const;

  /**
   * Encodes documents, each once and by itself, and returns a decoder that writes about them.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @param capacity How many ids all rows will hold together, see {@linkcode DecoderRunner}.
   * @returns The decoder, one prompt a sequence; the caller disposes of it.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or a sequence is too long.
   * @throws `inputs.signal.reason` If that signal aborts.
   */
  async startDecoding(inputs: EncoderInputs, capacity?: number): Promise<SequenceRunner> {
    const batch = this.read(inputs);
    const head = describeHead(this.config, this.head);
    const parts = this.parts.decoderParts!;
    const attention = new FullRowAttention(parts, capacity ?? 64, 0);
    const memories = await encodeDocuments(this.parts as DocumentEncoder, batch, inputs);
    return new DecoderRunner(parts, head, attention, memories);
  }
}
