/**
 * Generation: rows of ids that a decoder continues.
 *
 * @module
 */
import { Tensor } from "../tensor/tensor.ts";
import { beamSearch } from "./beam_search.ts";
import { chooseSeed } from "./draw.ts";
import type { GenerationCache } from "./generation_cache.ts";
import { type GenerationInputs, GenerationRun } from "./generation_run.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import { sample } from "./sample.ts";
import { stackRows } from "./stack_rows.ts";

/** Result of `generate()` with `return_dict_in_generate`. */
export interface GenerateOutput {
  /** `[rows, W]`: ids, the start or prompt included. */
  readonly sequences: Tensor<"int64">;
  /** Keys and values of the rows, one a row of `sequences`; the caller disposes of them. */
  readonly past_key_values: GenerationCache;
  /**
   * With `output_scores`: the scores of each step, from which ids were chosen; `[rows, V]`, with
   * beams `[batch·beams, V]`. A row that has ended has 0 for padding and −∞ for all other ids.
   */
  readonly scores?: readonly Tensor<"float32">[];
  /** With beams: the score of each row. */
  readonly sequences_scores?: Tensor<"float32">;
  /** The seed of what was drawn. */
  readonly seed?: number;
}

/**
 * Continues prompts by a decoder.
 *
 * @param inputs The decoder's cache, which this call disposes of unless its result has it; the
 * prompts.
 * @param settings The settings, as `resolveSettings()` returns them.
 * @returns Ids `[rows, W]`, `num_return_sequences` rows a prompt; with `return_dict_in_generate` an
 * object that has them.
 * @throws {RangeError} If a prompt leaves no room for an id, no id is possible under the settings,
 * or the decoder's scores are not numbers.
 * @throws `settings.signal.reason` If that signal aborts.
 */
export async function generate(
  inputs: GenerationInputs,
  settings: ResolvedSettings,
): Promise<Tensor<"int64"> | GenerateOutput> {
  const { cache } = inputs;
  try {
    settings.signal?.throwIfAborted();
    const run = new GenerationRun(settings, inputs);
    const seed = settings.do_sample ? settings.seed ?? chooseSeed() : undefined;
    const isSearch = settings.num_beams > 1;
    const rows = await (isSearch ? beamSearch : sample)(run, seed);
    const sequences = stackRows(run, rows);
    // The cache's rows become those of the result.
    const places = rows.map(({ place }) => ({ parent: place, ids: [] }));
    if (run.keepsCache) (await cache.step(places)).dispose();
    else cache.dispose();
    if (!settings.return_dict_in_generate) return sequences;
    const scores = Float32Array.from(rows, ({ score }) => score ?? 0);
    return {
      sequences,
      past_key_values: cache,
      ...(settings.output_scores && { scores: run.scores }),
      ...(settings.output_scores && isSearch && {
        sequences_scores: new Tensor("float32", scores, [rows.length]),
      }),
      ...(seed !== undefined && { seed }),
    };
  } catch (error) {
    cache.dispose();
    throw error;
  }
}
