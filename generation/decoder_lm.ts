/**
 * A model that predicts the next word, with `generate()`.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { CausalLM } from "../models/causal_lm.ts";
import { assertRowsFit } from "../models/decoder_memory.ts";
import { PIECE_IDS } from "../models/decoder_runner.ts";
import { generationRoom } from "../models/generation_memory.ts";
import type { TokenNumbers } from "../models/inputs.ts";
import { positionCount } from "../models/position_ids.ts";
import {
  checkSelfExtend,
  isSameRotation,
  selfExtendFor,
  type SelfExtendOption,
  type SelfExtendSettings,
} from "../models/self_extend.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkCall } from "./check_call.ts";
import { checkpointSettings, taskSettings } from "./checkpoint_settings.ts";
import { generate, type GenerateOutput } from "./generate.ts";
import { GenerationCache } from "./generation_cache.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import { resolveSettings } from "./resolve_settings.ts";
import { absentMask, rowLengths, startRows } from "./row_lengths.ts";
import type { GenerationSettings } from "./settings.ts";

/** What `generate()` of a decoder takes: prompts, and settings. */
export interface DecoderGenerateInputs extends GenerationSettings {
  /**
   * `[batch, tokens]`: prompts, padded on the left to one length; absent: one row that begins with
   * the checkpoint's `bos_token_id`.
   */
  readonly input_ids?: TokenNumbers | null;
  /** `[batch, tokens]`: 1 visible, 0 padding; absent: ids that are `pad_token_id` are padding. */
  readonly attention_mask?: TokenNumbers | null;
  /**
   * `[batch, tokens]`: what a tokenizer returns beside the ids. As in transformers, generation counts
   * all types as 0, and a model without token types refuses them.
   */
  readonly token_type_ids?: TokenNumbers | null;
  /**
   * Self-Extend, for a model with rotary positions: group and window, `auto`, or null for none; absent:
   * what the model was loaded with.
   */
  readonly self_extend?: SelfExtendOption;
}

/** How the keys of a cache are rotated. */
interface CacheFacts {
  readonly selfExtend: SelfExtendSettings | undefined;
  readonly longest: number;
}

/**
 * A decoder that continues texts.
 *
 * @example
 * ```ts
 * import { LlamaForCausalLM } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await LlamaForCausalLM.from_pretrained("HuggingFaceTB/SmolLM2-135M");
 * const ids = await model.generate({
 *   input_ids: [[1, 5, 6]],
 *   do_sample: true,
 *   temperature: 0.7,
 *   seed: 42,
 *   max_new_tokens: 8,
 * });
 * assertEquals(ids.tolist()[0].slice(0, 3), [1n, 5n, 6n]);
 * ```
 */
export class DecoderLM extends CausalLM {
  /** How the caches of this model were made. */
  readonly #caches = new WeakMap<GenerationCache, CacheFacts>();

  /**
   * Returns the checkpoint's settings of generation.
   *
   * @param task A task, whose settings in `task_specific_params` of config.json come first.
   * @returns The settings; what they lack has the defaults of `generate()`.
   * @throws {TypeError} If a setting is of the wrong type.
   * @throws {RangeError} If a value is out of range, or a setting that is on is not offered. Settings of
   * one mode, such as sampling, are checked by the call that turns it on.
   */
  settingsOf(task: string): GenerationSettings {
    const { raw } = this.config;
    return { ...checkpointSettings(raw, this.parts.generationConfig), ...taskSettings(raw, task) };
  }

  /**
   * Continues prompts.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it, and settings with the names of
   * transformers; absent settings are the checkpoint's.
   * @param task A task, whose settings in `task_specific_params` of config.json come first.
   * @returns Ids `[batch·num_return_sequences, ids]`, prompts included; with
   * `return_dict_in_generate` an object that has them, and the scores on request.
   * @throws {TypeError} If a setting is unknown or of the wrong type, or the inputs are not a batch.
   * @throws {RangeError} If a value is out of range, or no id is possible under the settings.
   * @throws `inputs.signal.reason` If that signal aborts.
   */
  generate(
    inputs: DecoderGenerateInputs & { readonly return_dict_in_generate: true },
    task?: string,
  ): Promise<GenerateOutput>;
  /** Continues prompts. */
  generate(
    inputs?: DecoderGenerateInputs & { readonly return_dict_in_generate?: false | null },
    task?: string,
  ): Promise<Tensor<"int64">>;
  /** Continues prompts. */
  async generate(
    inputs: DecoderGenerateInputs = {},
    task = "",
  ): Promise<Tensor<"int64"> | GenerateOutput> {
    checkCall(inputs, task);
    const { input_ids, attention_mask, token_type_ids, self_extend, ...given } = inputs;
    const { raw, vocab_size: vocabulary, rope } = this.config;
    const limit = rope ? Infinity : positionCount(this.config);
    const settings = resolveSettings(given, {
      checkpoint: checkpointSettings(raw, this.parts.generationConfig),
      task: taskSettings(raw, task),
    }, { vocabulary, limit, hasEncoder: false });
    const action = "Cannot generate";
    if (self_extend !== undefined) {
      checkSelfExtend(action, self_extend);
      if (!rope) throw new TypeError(`${action} with self_extend: only a rotary decoder takes it`);
    }
    const { prompts, width } = this.#readPrompts(settings, {
      input_ids,
      attention_mask,
      token_type_ids,
    });
    const lengths = rowLengths(settings, prompts.map(({ length }) => length));
    const option = self_extend === undefined ? this.parts.self_extend : self_extend;
    const cache = settings.past_key_values
      ? this.#checkCache(settings.past_key_values, largest(lengths), option)
      : this.#makeCache(settings, prompts, lengths, option);
    return await generate({ cache, prompts, promptWidth: width }, settings);
  }

  /** The visible ids of each prompt, and the columns of the batch. */
  #readPrompts(
    settings: ResolvedSettings,
    { input_ids, attention_mask, token_type_ids }: DecoderGenerateInputs,
  ): { prompts: number[][]; width: number } {
    const { type_vocab_size, model_type } = this.config;
    if ((token_type_ids ?? undefined) !== undefined && type_vocab_size === 0) {
      throw new TypeError(
        `Cannot generate with token_type_ids: a ${model_type} model has no token types, wanted the ` +
          "tokenizer's return_token_type_ids: false",
      );
    }
    if ((input_ids ?? undefined) === undefined) {
      return { prompts: startRows(settings, 1), width: 1 };
    }
    const { batch, tokens, ids, mask } = this.read({
      input_ids: input_ids!,
      attention_mask: attention_mask ?? undefined,
      token_type_ids: token_type_ids ?? undefined,
    });
    const rowsOf = (values: Int32Array) =>
      Array.from({ length: batch }, (_, b) => [...values.subarray(b * tokens, (b + 1) * tokens)]);
    const rows = rowsOf(ids);
    const masks = (attention_mask ?? undefined) === undefined
      ? absentMask(settings, rows)
      : rowsOf(mask);
    return {
      prompts: rows.map((row, b) => row.filter((_, t) => masks[b][t] === 1)),
      width: tokens,
    };
  }

  #makeCache(
    settings: ResolvedSettings,
    prompts: readonly (readonly number[])[],
    lengths: readonly number[],
    option: SelfExtendOption | undefined,
  ): GenerationCache {
    const longest = largest(lengths);
    const selfExtend = this.config.rope && selfExtendFor(this.config, longest, option);
    const beams = Math.max(settings.num_beams, settings.num_return_sequences);
    const capacity = prompts.reduce(
      (sum, { length }, b) => sum + length + beams * (lengths[b] - length),
      0,
    );
    const rows = beams * prompts.length;
    const near = selfExtend ? Math.min(capacity, rows * selfExtend.window_size + PIECE_IDS) : 0;
    const piece = Math.min(capacity, PIECE_IDS);
    assertRowsFit(this.config, { ids: capacity, near, rows, piece }, generationRoom(this.backend));
    const cache = new GenerationCache(this.startDecoding({ capacity, longest, selfExtend }));
    this.#caches.set(cache, { selfExtend, longest });
    return cache;
  }

  /** Asserts that a caller's cache is of this model, and its keys are rotated as this call's are. */
  #checkCache(
    cache: GenerationCache,
    longest: number,
    option: SelfExtendOption | undefined,
  ): GenerationCache {
    const { config } = this;
    const held = this.#caches.get(cache);
    if (!held) throw new RangeError("Cannot go on with past_key_values of another model");
    if (!config.rope) return cache;
    const wanted = option === "auto" ? held.selfExtend : selfExtendFor(config, longest, option);
    if (JSON.stringify(wanted) !== JSON.stringify(held.selfExtend)) {
      throw new RangeError(
        `Cannot go on with past_key_values and self_extend ${
          JSON.stringify(wanted ?? null)
        }: they ` +
          `were made with ${JSON.stringify(held.selfExtend ?? null)}`,
      );
    }
    if (option === "auto") selfExtendFor(config, longest, wanted);
    if (isSameRotation(config, longest, held.longest)) return cache;
    throw new RangeError(
      `Cannot go on with past_key_values to rows of ${longest} ids: dynamic positions were made for ` +
        `up to ${held.longest}, wanted no more, or no past_key_values`,
    );
  }
}
