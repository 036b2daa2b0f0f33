/**
 * An encoder-decoder with `generate()`.
 *
 * @module
 */
import { largest } from "../base/largest.ts";
import { ConditionalGeneration, type EncoderInputs } from "../models/conditional_generation.ts";
import { assertGenerationFits, generationRoom } from "../models/generation_memory.ts";
import type { TokenBatch, TokenNumbers } from "../models/inputs.ts";
import { positionCount } from "../models/position_ids.ts";
import { memoryDataTypes } from "../models/settings.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkCall } from "./check_call.ts";
import { checkpointSettings, taskSettings } from "./checkpoint_settings.ts";
import { generate, type GenerateOutput } from "./generate.ts";
import { GenerationCache } from "./generation_cache.ts";
import { resolveSettings } from "./resolve_settings.ts";
import { absentMask, rowLengths, startRows } from "./row_lengths.ts";
import type { GenerationSettings } from "./settings.ts";

/** What `generate()` of an encoder-decoder takes: the encoder's inputs, and settings. */
export interface Seq2SeqGenerateInputs extends EncoderInputs, Omit<GenerationSettings, "signal"> {
  /** `[batch, ids]`: what the decoder starts with; absent: the checkpoint's start id. */
  readonly decoder_input_ids?: TokenNumbers | null;
}

/**
 * An encoder-decoder that writes texts.
 *
 * @example Beams over a document of up to 4,096 tokens
 * ```ts
 * import { BartForConditionalGeneration } from "@lsg/core";
 * import { assert, assertEquals } from "@std/assert";
 *
 * using model = await BartForConditionalGeneration.from_pretrained("facebook/bart-base", {
 *   lsg: { max_sequence_length: 4096 },
 * });
 * const ids = await model.generate({ input_ids: [[0, 5, 6, 2]], num_beams: 4, max_length: 12 });
 * assertEquals(ids.dims[0], 1);
 * assert(ids.dims[1] <= 12);
 * ```
 */
export class Seq2SeqLM extends ConditionalGeneration {
  /** The documents of each cache that a call has made. */
  readonly #documents = new WeakMap<GenerationCache, readonly string[]>();

  /** Most ids that the decoder has positions for. */
  get decoderLength(): number {
    const { config, family } = this.parts.decoderParts!;
    return positionCount(config, family.positions);
  }

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
   * Writes ids about documents.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it, and settings with the names of
   * transformers; absent settings are the checkpoint's.
   * @param task The task whose settings in `task_specific_params` of config.json come before the
   * checkpoint's others.
   * @returns Ids `[batch·num_return_sequences, ids]`, the start included; with
   * `return_dict_in_generate` an object that has them, and the scores on request.
   * @throws {TypeError} If a setting is unknown or of the wrong type, or the inputs are not a batch.
   * @throws {RangeError} If a value is out of range, or no id is possible under the settings.
   * @throws `inputs.signal.reason` If that signal aborts.
   */
  generate(
    inputs: Seq2SeqGenerateInputs & { readonly return_dict_in_generate: true },
    task?: string,
  ): Promise<GenerateOutput>;
  /** Writes ids about documents. */
  generate(
    inputs: Seq2SeqGenerateInputs & { readonly return_dict_in_generate?: false | null },
    task?: string,
  ): Promise<Tensor<"int64">>;
  /** Writes ids about documents. */
  async generate(
    inputs: Seq2SeqGenerateInputs,
    task = "",
  ): Promise<Tensor<"int64"> | GenerateOutput> {
    checkCall(inputs, task);
    const {
      input_ids,
      attention_mask,
      global_attention_mask,
      decoder_input_ids,
      layer_callback,
      ...given
    } = inputs;
    const { raw, vocab_size: vocabulary } = this.config;
    const settings = resolveSettings(given, {
      checkpoint: checkpointSettings(raw, this.parts.generationConfig),
      task: taskSettings(raw, task),
    }, { vocabulary, limit: this.decoderLength, hasEncoder: true });
    const read = this.read({ input_ids, attention_mask, global_attention_mask });
    const { batch, tokens, ids, mask } = read;
    const rows = rowsOf(ids, batch, tokens);
    const masks = (attention_mask ?? undefined) === undefined
      ? absentMask(settings, rows)
      : rowsOf(mask, batch, tokens);
    const prompts = startRows(settings, batch, this.#startIds(read, decoder_input_ids));
    const lengths = rowLengths(settings, prompts.map(({ length }) => length));
    const beams = Math.max(settings.num_beams, settings.num_return_sequences);
    const documents = masks.map((row) => row.lastIndexOf(1) + 1);
    const { memory_dtype } = this.parts;
    const demand = { documents, beams, max_length: largest(lengths), memory_dtype };
    if (!settings.past_key_values) {
      const room = generationRoom(this.backend);
      assertGenerationFits(this.config, demand, room, memoryDataTypes(this.backend));
    }
    const capacity = prompts.reduce(
      (sum, { length }, b) => sum + length + beams * (lengths[b] - length),
      0,
    );
    const documentInputs = {
      input_ids: rows,
      attention_mask: masks,
      global_attention_mask,
      layer_callback,
      signal: settings.signal,
    };
    const described = describeDocuments(read, masks);
    const cache = settings.past_key_values ??
      new GenerationCache(await this.startDecoding(documentInputs, capacity));
    if (settings.past_key_values) this.#checkDocuments(cache, described);
    else this.#documents.set(cache, described);
    const encoderIds = rows.map((row, b) => row.filter((_, t) => masks[b][t] === 1));
    return await generate({ cache, prompts, encoderIds }, settings);
  }

  /** Asserts that a caller's cache is of this model, and its rows are about these documents. */
  #checkDocuments(cache: GenerationCache, described: readonly string[]): void {
    const held = this.#documents.get(cache);
    if (held === undefined) {
      throw new RangeError("Cannot go on with past_key_values of another model");
    }
    cache.documents.forEach((document, row) => {
      if (row >= described.length || held[document] === described[row]) return;
      throw new RangeError(
        `Cannot go on from row ${row} of past_key_values: wanted the input_ids, attention_mask and ` +
          "global_attention_mask that it was made from",
      );
    });
  }

  /** The ids that the caller's decoder starts with, checked. */
  #startIds(
    batch: TokenBatch,
    given: TokenNumbers | null | undefined,
  ): number[][] | undefined {
    if ((given ?? undefined) === undefined) return undefined;
    const { batch: rows, tokens, ids } = this.readLast(batch, { decoder_input_ids: given! });
    return rowsOf(ids, rows, tokens);
  }
}

/** Describes what a row of the batch shows to the encoder, without the padding behind it. */
function describeDocuments(
  { tokens, ids, globalMask }: TokenBatch,
  masks: readonly (readonly number[])[],
): string[] {
  return masks.map((mask, b) => {
    const count = mask.lastIndexOf(1) + 1;
    const part = (values: Int32Array) => values.subarray(b * tokens, b * tokens + count);
    return [part(ids), mask.slice(0, count), part(globalMask)].join(";");
  });
}

function rowsOf(values: Int32Array, batch: number, tokens: number): number[][] {
  return Array.from(
    { length: batch },
    (_, b) => [...values.subarray(b * tokens, (b + 1) * tokens)],
  );
}
