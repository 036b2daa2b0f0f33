/**
 * Settings that a mode of generation does not use.
 *
 * @module
 */
import { MODES } from "./modes.ts";
import type { ResolvedSettings } from "./resolved_settings.ts";
import type { GenerationSettings } from "./settings.ts";

const OF_ENDS: GenerationSettings = {
  min_length: 0,
  min_new_tokens: 0,
  exponential_decay_length_penalty: null,
};

/**
 * Lists settings of a call that have no effect; those of a checkpoint may have none.
 *
 * @param own The call's settings.
 * @param settings All settings.
 * @returns Each with the reason; empty if all have an effect.
 */
export function unusedSettings(own: GenerationSettings, settings: ResolvedSettings): string[] {
  const unused: string[] = [];
  const lacks = (names: readonly (keyof GenerationSettings)[], reason: string) =>
    unused.push(...names.map((name) => `${name} ${reason}`));
  const given = (neutral: GenerationSettings) =>
    (Object.keys(neutral) as (keyof GenerationSettings)[]).filter((name) => {
      const value = own[name] ?? null;
      return value !== null && value !== neutral[name];
    });
  for (const mode of MODES) {
    if (!mode.isOn(settings)) lacks(given(mode.settings), `needs ${mode.needs}`);
  }
  if (settings.eos_token_id.length === 0) lacks(given(OF_ENDS), "needs eos_token_id");
  if (!settings.return_dict_in_generate) {
    lacks(given({ output_scores: false }), "needs return_dict_in_generate");
  }
  if (own.use_cache === false) unused.push("use_cache: keys and values are always kept");
  return unused;
}
