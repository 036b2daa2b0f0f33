/**
 * A model that predicts the next word.
 *
 * @module
 */
import type { SelfExtendSettings } from "../attention/self_extend/self_extend_settings.ts";
import { describeHead } from "../checkpoint/describe_head.ts";
import { DecoderRunner } from "./decoder_runner.ts";
import { ExtendedRowAttention } from "./extended_row_attention.ts";
import { LanguageModel } from "./language_model.ts";
import { FullRowAttention } from "./row_attention.ts";
import type { SequenceRunner } from "./sequence_runner.ts";

/** How rows of ids are continued. */
export interface DecodingOptions {
  /** How many ids all rows will hold together; beyond it the cache is copied once; 64 if absent. */
  readonly capacity?: number;
  /** The longest that a row becomes, on which `dynamic` rotary positions depend. */
  readonly longest?: number;
  /** Group and window of Self-Extend; absent: none. */
  readonly selfExtend?: SelfExtendSettings;
  /** Most ids that are run together; 512 if absent. */
  readonly piece?: number;
}

/**
 * A model that predicts the next token after each one. The attention of an encoder is causal by its
 * config's `is_decoder`; without it the model sees the words to predict.
 *
 * @example
 * ```ts
 * import { AutoModelForCausalLM } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await AutoModelForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const { logits } = await model({ input_ids: [[1, 5, 6]] });
 * assertEquals(logits.dims, [1, 3, model.config.vocab_size]);
 * const next = logits.argmax(2).tolist()[0].at(-1); // the likeliest id after 6
 * assert(next < model.config.vocab_size);
 * ```
 */
export class CausalLM extends LanguageModel {
  /** The head that runs. */
  override readonly head = "CausalLM" as const;

  /**
   * Makes a decoder that continues rows of ids.
   *
   * @param options Capacity, lengths, Self-Extend.
   * @returns The decoder, without rows; the caller disposes of it.
   * @throws {RangeError} If the attention is not causal, or it is LSG attention.
   */
  startDecoding(options: DecodingOptions = {}): SequenceRunner {
    const { capacity = 64, longest = 0, selfExtend, piece } = options;
    const { is_decoder, lsg, model_type } = this.config;
    if (!is_decoder || lsg) {
      throw new RangeError(
        `Cannot continue ids by a ${model_type} model with ${
          lsg ? "LSG" : "no causal"
        } attention: ` +
          `wanted ${lsg ? "full" : "causal"} attention${
            lsg ? "" : " (config: { is_decoder: true })"
          }`,
      );
    }
    const attention = selfExtend
      ? new ExtendedRowAttention(this.parts, capacity, longest, selfExtend)
      : new FullRowAttention(this.parts, capacity, longest);
    const head = describeHead(this.config, this.head);
    return new DecoderRunner(this.parts, head, attention, undefined, piece);
  }
}
