/**
 * Settings that a mode of generation does not use.
 *
 * @module
 */
import type { ResolvedSettings } from "./resolved_settings.ts";
import type { GenerationSettings } from "./settings.ts";

/** What decides which modes are on. */
type ModeSwitches = Pick<ResolvedSettings, "do_sample" | "num_beams" | "num_beam_groups">;

/** A mode of generation, and the settings that it alone uses. */
interface Mode {
  /** Its settings, with the values with which they have no effect. */
  readonly settings: GenerationSettings;
  /** What turns it on. */
  readonly needs: string;
  readonly isOn: (switches: ModeSwitches) => boolean;
}

const MODES: readonly Mode[] = [{
  settings: {
    temperature: 1,
    top_k: 0,
    top_p: 1,
    typical_p: 1,
    epsilon_cutoff: 0,
    eta_cutoff: 0,
    seed: null,
  },
  needs: "do_sample",
  isOn: ({ do_sample }) => do_sample,
}, {
  settings: { early_stopping: false, length_penalty: 1 },
  needs: "num_beams > 1",
  isOn: ({ num_beams }) => num_beams > 1,
}, {
  settings: { diversity_penalty: 0 },
  needs: "num_beam_groups > 1",
  isOn: ({ num_beam_groups }) => num_beam_groups > 1,
}];

const OF_ENDS: GenerationSettings = {
  min_length: 0,
  min_new_tokens: 0,
  exponential_decay_length_penalty: null,
};

/**
 * Finds the mode of generation that alone uses a setting.
 *
 * @param name The setting.
 * @returns The mode; undefined if all modes use it.
 */
export function modeOf(name: string): Mode | undefined {
  return MODES.find(({ settings }) => Object.hasOwn(settings, name));
}

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
