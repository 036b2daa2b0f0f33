/**
 * Settings that change scores, for messages.
 *
 * @module
 */
import { DEFAULTS, type ResolvedSettings } from "./resolved_settings.ts";

const NAMES = [
  "sequence_bias",
  "diversity_penalty",
  "encoder_repetition_penalty",
  "repetition_penalty",
  "no_repeat_ngram_size",
  "encoder_no_repeat_ngram_size",
  "bad_words_ids",
  "min_length",
  "min_new_tokens",
  "forced_bos_token_id",
  "forced_eos_token_id",
  "exponential_decay_length_penalty",
  "suppress_tokens",
  "begin_suppress_tokens",
  "forced_decoder_ids",
  "logits_processor",
] as const;

const OF_SAMPLING = [
  "temperature",
  "top_k",
  "top_p",
  "min_p",
  "typical_p",
  "epsilon_cutoff",
  "eta_cutoff",
] as const;

/**
 * Names the settings in force that change scores.
 *
 * @param settings All settings.
 * @returns Their names.
 */
export function describeRules(settings: ResolvedSettings): string {
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS;
  const names = [...NAMES, ...(settings.do_sample ? OF_SAMPLING : [])].filter((name) => {
    const value = settings[name];
    return value !== undefined && value !== defaults[name] &&
      !(Array.isArray(value) && !value.length);
  });
  return names.length === 0 ? "no setting that changes scores" : names.join(", ");
}
