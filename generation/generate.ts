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
 *
 * @example A decoder of one's own: it says the next number
 * ```ts
 * import { openBackend, type Tensor } from "@lsg/core";
 * import { generate, GenerationCache, resolveSettings } from "@lsg/core/generation";
 * import type { NextRow } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = await openBackend("cpu");
 * let last: number[] = [];
 * const logits = () =>
 *   Promise.resolve(backend.floats(
 *     Float32Array.from({ length: 10 * last.length }, (_, i) =>
 *       i % 10 === last[Math.floor(i / 10)] + 1 ? 5 : 0),
 *     [last.length, 10],
 *   ));
 * const runner = {
 *   backend,
 *   vocabulary: 10,
 *   limit: 100,
 *   start(prompts: readonly (readonly number[])[]) {
 *     last = prompts.map((ids) => ids[ids.length - 1]);
 *     return logits();
 *   },
 *   step(rows: readonly NextRow[]) {
 *     last = rows.map(({ ids }) => ids[ids.length - 1]);
 *     return logits();
 *   },
 *   dispose() {},
 * };
 * const facts = { vocabulary: 10, limit: 100, hasEncoder: false };
 * const settings = resolveSettings({ max_new_tokens: 3, pad_token_id: 0 }, {}, facts);
 * const inputs = { cache: new GenerationCache(runner), prompts: [[4], [1, 2]] };
 * const sequences = await generate(inputs, settings) as Tensor;
 * assertEquals(sequences.tolist(), [[0n, 4n, 5n, 6n, 7n], [1n, 2n, 3n, 4n, 5n]]);
 * ```
 */
export async function generate(
  inputs: GenerationInputs,
  settings: ResolvedSettings,
): Promise<Tensor<"int64"> | GenerateOutput> {
  const { cache } = inputs;
  let hasBegun = cache !== settings.past_key_values;
  try {
    settings.signal?.throwIfAborted();
    const run = new GenerationRun(settings, inputs);
    hasBegun = true;
    return await cache.use(() => runCall(run));
  } catch (error) {
    // A caller's cache that nothing was done to stays as it is.
    if (hasBegun) cache.dispose();
    throw error;
  }
}

async function runCall(run: GenerationRun): Promise<Tensor<"int64"> | GenerateOutput> {
  const { settings, cache } = run;
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
}
