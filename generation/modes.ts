/**
 * Modes of generation that have settings of their own: sampling, beams, groups of beams.
 *
 * @module
 */
import type { ResolvedSettings } from "./resolved_settings.ts";
import type { GenerationSettings } from "./settings.ts";

/** What decides which modes are on. */
type ModeSwitches = Pick<ResolvedSettings, "do_sample" | "num_beams" | "num_beam_groups">;

/** A mode of generation, and the settings that it alone uses. */
export interface Mode {
  /** Its settings, with the values with which they have no effect. */
  readonly settings: GenerationSettings;
  /** What turns it on. */
  readonly needs: string;
  /** Whether it is on. */
  readonly isOn: (switches: ModeSwitches) => boolean;
}

/** All modes. */
export const MODES: readonly Mode[] = [{
  settings: {
    temperature: 1,
    top_k: 0,
    top_p: 1,
    min_p: 0,
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

/**
 * Finds the mode of generation that alone uses a setting.
 *
 * @param name The setting.
 * @returns The mode; undefined if all modes use it.
 */
export function modeOf(name: string): Mode | undefined {
  return MODES.find(({ settings }) => Object.hasOwn(settings, name));
}
