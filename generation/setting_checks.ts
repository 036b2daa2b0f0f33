/**
 * What each setting of `generate()` accepts.
 *
 * @module
 */
import {
  countFrom,
  FLAG,
  type OptionCheck,
  type OptionType,
  SIGNAL,
} from "../base/check_options.ts";
import { showNames, showValue } from "../base/show_value.ts";
import { modeOf } from "./modes.ts";
import type { GenerationSettings } from "./settings.ts";

type Accepts = (value: unknown) => boolean;

const isCount: Accepts = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isFinite: Accepts = (value) => Number.isFinite(value);
const isListOf = (accepts: Accepts, minimum = 0): Accepts => (value) =>
  Array.isArray(value) && value.length >= minimum && value.every(accepts);
const isPair = (first: Accepts, second: Accepts): Accepts => (value) =>
  Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
const isText: Accepts = (value) => typeof value === "string" && value !== "";

function number(wanted: string, accepts: (value: number) => boolean): OptionCheck {
  return {
    type: "number",
    wanted,
    accepts: (value) => Number.isFinite(value) && accepts(Number(value)),
  };
}

function value(type: OptionType | readonly OptionType[], wanted: string, accepts: Accepts) {
  return { type, wanted, accepts };
}

const COUNT = countFrom(0);
const POSITIVE = countFrom(1);
/** More beams would only take memory. */
const MOST_ROWS = 1024;
const ROWS = number(
  `a whole number from 1 to ${MOST_ROWS}`,
  (n) => Number.isInteger(n) && n >= 1 && n <= MOST_ROWS,
);
const ID: OptionCheck = { ...COUNT, wanted: "an id, a whole number ≥ 0" };
const IDS = value(
  ["number", "object"],
  "an id or a list of ids",
  (ids) => isCount(ids) || isListOf(isCount, 1)(ids),
);
const ID_LIST = value("object", "a list of ids", isListOf(isCount));
const ABOVE_ZERO = number("a number > 0", (x) => x > 0);
const SHARE = number("a number from 0 to 1", (x) => x >= 0 && x <= 1);
const CUTOFF = number("a number from 0 to 1, 1 excluded", (x) => x >= 0 && x < 1);
const isWord = isListOf(isCount, 1);

/** The checks of settings that a checkpoint may have. */
export const CHECKPOINT_CHECKS = {
  max_length: POSITIVE,
  max_new_tokens: POSITIVE,
  min_length: COUNT,
  min_new_tokens: COUNT,
  max_time: number("seconds, a number > 0", (x) => x > 0),
  stop_strings: value(
    ["string", "object"],
    "a text or a list of texts, none of them empty",
    (texts) => isText(texts) || isListOf(isText, 1)(texts),
  ),
  bos_token_id: ID,
  pad_token_id: ID,
  eos_token_id: IDS,
  decoder_start_token_id: ID,
  forced_bos_token_id: ID,
  forced_eos_token_id: IDS,
  forced_decoder_ids: value(
    "object",
    "a list of [place ≥ 1, id or null]",
    isListOf(isPair((i) => isCount(i) && i !== 0, (id) => id === null || isCount(id))),
  ),
  sequence_bias: value(
    "object",
    "a list of [ids of a word, bias]",
    isListOf(isPair(isWord, isFinite)),
  ),
  encoder_repetition_penalty: ABOVE_ZERO,
  repetition_penalty: ABOVE_ZERO,
  no_repeat_ngram_size: COUNT,
  encoder_no_repeat_ngram_size: COUNT,
  bad_words_ids: value("object", "a list of lists of ids", isListOf(isWord)),
  exponential_decay_length_penalty: value(
    "object",
    "[generated ids before it starts, factor > 0]",
    isPair(isCount, (factor) => isFinite(factor) && Number(factor) > 0),
  ),
  suppress_tokens: ID_LIST,
  begin_suppress_tokens: ID_LIST,
  renormalize_logits: FLAG,
  do_sample: FLAG,
  temperature: ABOVE_ZERO,
  top_k: COUNT,
  top_p: SHARE,
  min_p: SHARE,
  typical_p: number("a number above 0, at most 1", (x) => x > 0 && x <= 1),
  epsilon_cutoff: CUTOFF,
  eta_cutoff: CUTOFF,
  num_beams: ROWS,
  num_beam_groups: ROWS,
  diversity_penalty: number("a number ≥ 0", (x) => x >= 0),
  early_stopping: value(
    ["boolean", "string"],
    'true, false or "never"',
    (x) => typeof x === "boolean" || x === "never",
  ),
  length_penalty: number("a number", () => true),
  num_return_sequences: ROWS,
  return_dict_in_generate: FLAG,
  output_scores: FLAG,
  use_cache: FLAG,
} as const satisfies { readonly [Name in keyof GenerationSettings]: OptionCheck };

/**
 * Whether a value is a function, an object that can be called, or a list of them; not an iterator,
 * which would be empty the second time.
 */
const isCallable: Accepts = (x) => {
  if (typeof x === "function") return true;
  const list = x as Partial<Iterable<unknown>> | null;
  const items = list?.[Symbol.iterator]?.();
  if (items === undefined || items === list) return false;
  return [...list as Iterable<unknown>].every((item) => typeof item === "function");
};

const hasMethods = (...names: string[]): Accepts => (x) =>
  names.every((name) => typeof (x as Record<string, unknown>)[name] === "function");

/** The checks of all settings of a call. */
export const CALL_CHECKS: { readonly [Name in keyof Required<GenerationSettings>]: OptionCheck } = {
  ...CHECKPOINT_CHECKS,
  seed: number(
    "a whole number from 0 to 4294967295",
    (x) => Number.isInteger(x) && x >= 0 && x <= 0xffff_ffff,
  ),
  tokenizer: value(["object", "function"], "a tokenizer", hasMethods("decode")),
  logits_processor: value(["function", "object"], "a processor or a list of them", isCallable),
  stopping_criteria: value(["function", "object"], "a criterion or a list of them", isCallable),
  streamer: value(
    ["object", "function"],
    "a streamer with put() and end()",
    hasMethods("put", "end"),
  ),
  signal: SIGNAL,
  past_key_values: value(
    "object",
    "what an earlier call returned",
    hasMethods("begin", "step", "dispose"),
  ),
};

/** Settings of transformers that are not offered, and the values with which they have no effect. */
const NOT_OFFERED: Readonly<Record<string, (value: unknown, topK: unknown) => boolean>> = {
  force_words_ids: () => false,
  constraints: () => false,
  penalty_alpha: (value, topK) => value === 0 || topK === 0 || topK === 1,
  guidance_scale: (value) => value === 1,
  assistant_model: () => false,
  remove_invalid_values: (value) => value === false,
  dola_layers: () => false,
  token_healing: (value) => value === false,
  top_h: () => false,
  watermarking_config: () => false,
  output_attentions: (value) => value === false,
  output_hidden_states: (value) => value === false,
};

/** Names that only say what the model returns in a forward pass when a checkpoint has them. */
const OF_FORWARD = ["output_attentions", "output_hidden_states"];

/**
 * Checks settings by themselves.
 *
 * @param action The attempted action, as messages begin.
 * @param settings The settings of one source; null and undefined are not checked.
 * @param isCall Whether they are a call's: then none may be unknown. Of a checkpoint's keys only
 * the settings are read.
 * @returns The known settings, null included.
 * @throws {TypeError} If a setting is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range, or a setting is not offered. Of a checkpoint's
 * settings of one mode, such as sampling, {@linkcode checkModes} checks the range.
 */
export function checkSettings(
  action: string,
  settings: Readonly<Record<string, unknown>>,
  isCall: boolean,
): GenerationSettings {
  const checks: Readonly<Record<string, OptionCheck>> = isCall ? CALL_CHECKS : CHECKPOINT_CHECKS;
  const known: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (Object.hasOwn(NOT_OFFERED, name)) {
      const isOn = value !== null && !NOT_OFFERED[name](value, settings.top_k);
      if (isOn && (isCall || !OF_FORWARD.includes(name))) {
        throw new RangeError(`${action} with ${name} ${showValue(value)}: it is not offered`);
      }
    } else if (Object.hasOwn(checks, name)) {
      // The ranges of a checkpoint's settings of one mode matter if that mode is on.
      const isForMode = !isCall && modeOf(name) !== undefined;
      const check = isForMode ? { ...checks[name], accepts: undefined } : checks[name];
      if (value !== null) checkValue(action, name, value, check);
      known[name] = value;
    } else unknown.push(name);
  }
  if (isCall && unknown.length > 0) {
    throw new TypeError(
      `${action} with ${showNames(unknown)}: wanted settings of generation, such as ` +
        "max_new_tokens, num_beams or do_sample",
    );
  }
  return known;
}

/**
 * Leaves out a checkpoint's settings that are out of range and belong to a mode that is off.
 *
 * @param settings The checkpoint's settings, of the right types.
 * @param call The call's, which come before them.
 * @returns The settings that are in range, or that the call replaces.
 * @throws {RangeError} If one is out of range, its mode is on, and the call does not replace it.
 */
export function checkModes(
  settings: GenerationSettings,
  call: GenerationSettings,
): GenerationSettings {
  const { do_sample, num_beams, num_beam_groups } = { ...settings, ...call };
  const switches = {
    do_sample: do_sample ?? false,
    num_beams: num_beams ?? 1,
    num_beam_groups: num_beam_groups ?? 1,
  };
  const checks: Readonly<Record<string, OptionCheck>> = CHECKPOINT_CHECKS;
  const kept = Object.entries(settings).filter(([name, value]) => {
    const mode = modeOf(name);
    if (!mode || value === null || Object.hasOwn(call, name)) return true;
    if (mode.isOn(switches)) {
      checkValue("Cannot generate by the checkpoint's settings", name, value, checks[name]);
    }
    return checks[name].accepts?.(value) ?? true;
  });
  return Object.fromEntries(kept);
}

function checkValue(action: string, name: string, value: unknown, check: OptionCheck): void {
  const types: readonly string[] = [check.type].flat();
  const fits = types.includes(typeof value);
  if (fits && (check.accepts?.(value) ?? true)) return;
  throw new (fits ? RangeError : TypeError)(
    `${action} with ${name} ${showValue(value)}: wanted ${check.wanted}`,
  );
}
