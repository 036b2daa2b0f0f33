/**
 * How long rows become, and what they start with.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { warnOnce } from "../base/warn_once.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";

/**
 * Works out the greatest length of each row, the ids that it starts with included.
 *
 * @param settings The settings.
 * @param starts The numbers of ids that the rows start with.
 * @returns A length a row.
 * @throws {RangeError} If a row has no room for an id, or the call asks for more ids than the
 * model has positions.
 *
 * @example
 * ```ts
 * import { resolveSettings, rowLengths } from "@lsg/core/generation";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const facts = { vocabulary: 9, limit: 64, hasEncoder: false };
 * const settings = resolveSettings({ max_new_tokens: 10 }, {}, facts);
 * assertEquals(rowLengths(settings, [1, 5]), [11, 15]);
 * assertThrows(() => rowLengths(settings, [60]), RangeError, "70");
 * ```
 */
export function rowLengths(settings: ResolvedSettings, starts: readonly number[]): number[] {
  const { max_length, max_new_tokens, isLengthCalled, facts: { limit } } = settings;
  const name = max_new_tokens === undefined ? "max_length" : "max_new_tokens";
  return starts.map((start) => {
    const wanted = max_new_tokens === undefined ? max_length : start + max_new_tokens;
    if (wanted === undefined && !Number.isFinite(limit)) {
      throw new RangeError("Cannot generate without an end: wanted max_length or max_new_tokens");
    }
    let length = wanted ?? limit;
    if (length > limit) {
      const described = `${name} ${settings[name]}, which makes rows of ${length} ids`;
      const wants = `at most ${limit}, the decoder's positions`;
      if (isLengthCalled) {
        throw new RangeError(`Cannot generate with ${described}: wanted ${wants}`);
      }
      warnOnce(`The checkpoint has ${described}; generate() makes ${wants}`);
      length = limit;
    }
    if (length > start) return length;
    throw new RangeError(
      `Cannot generate with ${name} ${settings[name] ?? length}: a row starts with ${start} ids ` +
        `and may have ${length}, wanted room for more`,
    );
  });
}

/**
 * Makes the ids that rows start with. In an encoder-decoder that is the start id, also in front of
 * the caller's ids if no row of them begins with it; else the prompts, or the id of a beginning.
 *
 * @param settings The settings.
 * @param batch Number of rows.
 * @param given The caller's `decoder_input_ids`, or the prompts of a model without an encoder.
 * @returns The ids of each row.
 * @throws {RangeError} If the settings have no start id, or the caller's rows are not as many.
 *
 * @example
 * ```ts
 * import { resolveSettings, startRows } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const facts = { vocabulary: 9, limit: 64, hasEncoder: true };
 * const settings = resolveSettings({ decoder_start_token_id: 2 }, {}, facts);
 * assertEquals(startRows(settings, 2), [[2], [2]]);
 * assertEquals(startRows(settings, 1, [[5, 6]]), [[2, 5, 6]]);
 * assertEquals(startRows(settings, 1, [[2, 6]]), [[2, 6]]);
 * ```
 */
export function startRows(
  settings: ResolvedSettings,
  batch: number,
  given?: readonly (readonly number[])[],
): number[][] {
  const { vocabulary, hasEncoder } = settings.facts;
  const name = hasEncoder ? "decoder_input_ids" : "prompts";
  if (given && given.length !== batch) {
    throw new RangeError(`Cannot generate with ${given.length} rows of ${name}: wanted ${batch}`);
  }
  const isId = (id: number) => Number.isInteger(id) && id >= 0 && id < vocabulary;
  const wrong = given?.flat().find((id) => !isId(id));
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot generate with ${showValue(wrong)} in ${name}: wanted ids 0 … ${vocabulary - 1}`,
    );
  }
  if (given && !hasEncoder) return given.map((ids) => [...ids]);
  const start = (hasEncoder ? settings.decoder_start_token_id : undefined) ?? settings.bos_token_id;
  if (start === undefined) {
    const wanted = hasEncoder
      ? "decoder_start_token_id or bos_token_id"
      : "a prompt or bos_token_id";
    throw new RangeError(
      `Cannot generate: there is no id that a row starts with, wanted ${wanted}`,
    );
  }
  if (!given) return Array.from({ length: batch }, () => [start]);
  const isStarted = given.some(([first]) => first === start);
  return given.map((ids) => isStarted ? [...ids] : [start, ...ids]);
}

/**
 * Makes the attention mask of a batch for which the caller gives none: padding is masked, unless its
 * id also ends rows or occurs nowhere.
 *
 * @param settings The settings.
 * @param ids `[rows][tokens]`.
 * @returns `[rows][tokens]`: 1 visible, 0 padding.
 *
 * @example
 * ```ts
 * import { absentMask, resolveSettings } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const facts = { vocabulary: 9, limit: 64, hasEncoder: true };
 * const settings = resolveSettings({ pad_token_id: 1, eos_token_id: 2 }, {}, facts);
 * assertEquals(absentMask(settings, [[0, 5, 2], [0, 2, 1]]), [[1, 1, 1], [1, 1, 0]]);
 * ```
 */
export function absentMask(
  { pad_token_id, eos_token_id }: Pick<ResolvedSettings, "pad_token_id" | "eos_token_id">,
  ids: readonly (readonly number[])[],
): number[][] {
  const masks = pad_token_id !== undefined && !eos_token_id.includes(pad_token_id);
  return ids.map((row) => row.map((id) => masks && id === pad_token_id ? 0 : 1));
}
