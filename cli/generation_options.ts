/**
 * Settings of generation as command-line options.
 *
 * @module
 */
import { checkSettings } from "../generation/setting_checks.ts";
import type { GenerationSettings } from "../generation/settings.ts";
import { type OptionValues, UsageError } from "./arguments.ts";
import { checkUsage } from "./check_usage.ts";

/** The settings; those that are absent are the checkpoint's. */
export const GENERATION_OPTIONS = {
  num_beams: {
    type: "number",
    description:
      "Beams of the search; 1: none. Like all settings up to --top-p as the checkpoint " +
      "says if absent.",
  },
  max_length: {
    type: "number",
    placeholder: "TOKENS",
    description: "Most tokens that are written, the start included.",
  },
  max_new_tokens: {
    type: "number",
    placeholder: "TOKENS",
    description: "Most tokens that are written, instead of --max-length.",
  },
  min_length: {
    type: "number",
    placeholder: "TOKENS",
    description: "Fewest tokens that are written, the start included.",
  },
  length_penalty: {
    type: "number",
    description: "With beams: above 0 for longer texts, below 0 for shorter ones.",
  },
  no_repeat_ngram_size: {
    type: "number",
    placeholder: "TOKENS",
    description: "No sequence of so many tokens occurs twice; 0: any may.",
  },
  repetition_penalty: {
    type: "number",
    description: "Above 1: what has been written becomes less likely.",
  },
  do_sample: { type: "boolean", description: "Draw tokens, by --seed, instead of the best ones." },
  temperature: {
    type: "number",
    description: "With --do-sample: below 1, likely tokens become likelier.",
  },
  top_k: {
    type: "number",
    description: "With --do-sample: draw from so many of the likeliest tokens; 0: from all.",
  },
  top_p: {
    type: "number",
    description: "With --do-sample: draw from the likeliest tokens whose probabilities add up to " +
      "this.",
  },
} as const;

/** Values of these options. */
export type GenerationValues = OptionValues<typeof GENERATION_OPTIONS>;

/**
 * Converts option values to settings of `generate()`.
 *
 * @param values Option values.
 * @returns The settings that are given.
 * @throws {UsageError} If a value is out of range, or there are two lengths.
 */
export function generationSettings(
  values: GenerationValues,
): Omit<GenerationSettings, "signal"> {
  const names = Object.keys(GENERATION_OPTIONS) as (keyof GenerationValues)[];
  const given = Object.fromEntries(
    names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
  );
  if (values.max_length !== undefined && values.max_new_tokens !== undefined) {
    throw new UsageError("Cannot use both --max-length and --max-new-tokens: wanted one length");
  }
  return checkUsage(() => checkSettings("Cannot generate", given, true));
}
