/**
 * Settings of a call, from all sources and checked.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { warnOnce } from "../base/warn_once.ts";
import { checkModes, checkSettings } from "./setting_checks.ts";
import type { GenerationSettings } from "./settings.ts";
import {
  DEFAULTS,
  type GenerationFacts,
  type Given,
  type ResolvedSettings,
} from "./resolved_settings.ts";
import { unusedSettings } from "./unused_settings.ts";

/** A checkpoint's settings. */
export interface CheckpointSources {
  /** Those of the files, as `checkpointSettings()` returns them. */
  readonly checkpoint?: GenerationSettings;
  /** Those of a pipeline's task, which come before. */
  readonly task?: GenerationSettings;
}

/** `max_length` where no source has a length. */
const DEFAULT_MAX_LENGTH = 20;

/**
 * Resolves the settings of a call: its own, then the task's, then the checkpoint's, then defaults.
 *
 * @param call The call's settings; null means none, whatever the checkpoint says.
 * @param sources The checkpoint's.
 * @param facts The sizes of the model.
 * @returns All settings.
 * @throws {TypeError} If a setting is unknown, of the wrong type, or does not fit another.
 * @throws {RangeError} If a value is out of range or not offered.
 *
 * @example
 * ```ts
 * import { resolveSettings } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const facts = { vocabulary: 100, limit: 64, hasEncoder: true };
 * const checkpoint = { num_beams: 4, length_penalty: 2, eos_token_id: 2 };
 * const settings = resolveSettings({ num_beams: 2 }, { checkpoint }, facts);
 * assertEquals(settings.num_beams, 2);
 * assertEquals(settings.length_penalty, 2);
 * assertEquals(settings.eos_token_id, [2]);
 * ```
 */
export function resolveSettings(
  call: GenerationSettings,
  { checkpoint = {}, task = {} }: CheckpointSources,
  facts: GenerationFacts,
): ResolvedSettings {
  if (typeof call !== "object" || call === null) {
    throw new TypeError(`Cannot generate with the settings ${showValue(call)}: wanted an object`);
  }
  const own = checkSettings("Cannot generate", call as Record<string, unknown>, true);
  const merged = { ...checkModes({ ...checkpoint, ...task }, own), ...own };
  const { eos_token_id, forced_eos_token_id, use_cache: _, ...others } = present(merged);
  const settings: ResolvedSettings = {
    ...DEFAULTS,
    // Null in the call is none at all, not the default.
    ...(own.top_k === null && { top_k: 0 }),
    ...others,
    ...chooseLength([own, task, checkpoint]),
    eos_token_id: [eos_token_id ?? []].flat(),
    forced_eos_token_id: [forced_eos_token_id ?? []].flat(),
    facts,
  };
  checkIds(settings, facts);
  checkTogether(settings, own, facts);
  const unused = unusedSettings(own, settings);
  if (unused.length > 0) {
    warnOnce(`Settings of generate() without effect here: ${unused.join("; ")}`);
  }
  return settings;
}

/** The first source with a length decides; in one source `max_new_tokens` comes before. */
function chooseLength(
  sources: readonly GenerationSettings[],
): Pick<ResolvedSettings, "max_length" | "max_new_tokens" | "isLengthCalled"> {
  const hides = { max_length: false, max_new_tokens: false };
  const none = { max_length: undefined, max_new_tokens: undefined };
  for (const source of sources) {
    const isLengthCalled = source === sources[0];
    for (const name of ["max_new_tokens", "max_length"] as const) {
      const length = source[name];
      if (length === null) hides[name] = true;
      else if (length !== undefined && !hides[name]) {
        return { ...none, [name]: length, isLengthCalled };
      }
    }
  }
  const max_length = hides.max_length ? undefined : DEFAULT_MAX_LENGTH;
  return { ...none, max_length, isLengthCalled: false };
}

/** Every id has a row in the table. */
function checkIds(settings: ResolvedSettings, { vocabulary }: GenerationFacts): void {
  const ids: Readonly<Record<string, readonly (number | null | undefined)[]>> = {
    bos_token_id: [settings.bos_token_id],
    pad_token_id: [settings.pad_token_id],
    eos_token_id: settings.eos_token_id,
    decoder_start_token_id: [settings.decoder_start_token_id],
    forced_bos_token_id: [settings.forced_bos_token_id],
    forced_eos_token_id: settings.forced_eos_token_id,
    forced_decoder_ids: settings.forced_decoder_ids?.map(([, id]) => id) ?? [],
    sequence_bias: settings.sequence_bias?.flatMap(([word]) => word) ?? [],
    bad_words_ids: settings.bad_words_ids?.flat() ?? [],
    suppress_tokens: settings.suppress_tokens ?? [],
    begin_suppress_tokens: settings.begin_suppress_tokens ?? [],
  };
  for (const [name, list] of Object.entries(ids)) {
    const wrong = list.find((id) => (id ?? 0) >= vocabulary);
    if (wrong === undefined) continue;
    throw new RangeError(
      `Cannot generate with the id ${wrong} in ${name}: wanted 0 … ${vocabulary - 1}`,
    );
  }
}

/** Settings that exclude each other. */
function checkTogether(
  settings: ResolvedSettings,
  own: GenerationSettings,
  { hasEncoder }: GenerationFacts,
): void {
  const { num_beams: beams, num_beam_groups: groups, num_return_sequences: returned } = settings;
  const refuse = (given: string, wanted: string): never => {
    throw new RangeError(`Cannot generate with ${given}: wanted ${wanted}`);
  };
  if (beams > 1 && returned > beams) {
    refuse(`num_return_sequences ${returned}`, `at most num_beams, which is ${beams}`);
  }
  if (beams === 1 && returned > 1 && !settings.do_sample) {
    refuse(`num_return_sequences ${returned}`, "1, or num_beams above it, or do_sample");
  }
  if (beams % groups !== 0) {
    refuse(`num_beam_groups ${groups}`, `a divisor of num_beams, which is ${beams}`);
  }
  if (groups > 1 && settings.do_sample) {
    refuse(`num_beam_groups ${groups} and do_sample`, "one of them");
  }
  if (groups > 1 && !(settings.diversity_penalty > 0)) {
    refuse(`num_beam_groups ${groups}`, "a diversity_penalty > 0, or 1 group");
  }
  if (!hasEncoder && settings.encoder_repetition_penalty !== 1) {
    refuse("encoder_repetition_penalty", "a model with an encoder");
  }
  if (!hasEncoder && settings.encoder_no_repeat_ngram_size > 0) {
    refuse("encoder_no_repeat_ngram_size", "a model with an encoder");
  }
  if (settings.stop_strings !== undefined && settings.tokenizer === undefined) {
    throw new TypeError("Cannot generate with stop_strings: wanted the tokenizer, too");
  }
  if (beams > 1 && own.streamer) {
    refuse(
      `a streamer and num_beams ${beams}`,
      "num_beams: 1, because beams change what they began with",
    );
  }
}

/** Leaves out null and undefined. */
function present(settings: GenerationSettings): Presence {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== null && value !== undefined),
  ) as Presence;
}

type Presence = { readonly [Name in keyof GenerationSettings]?: Given<Name> };
