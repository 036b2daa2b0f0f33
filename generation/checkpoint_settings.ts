/**
 * A checkpoint's settings of generation.
 *
 * @module
 */
import { isJsonObject } from "../base/json.ts";
import { checkSettings } from "./setting_checks.ts";
import type { GenerationSettings } from "./settings.ts";

/** Ids that fall back to config.json where generation_config.json lacks them. */
const ROLES = ["bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"] as const;

/** What a family's config.json means where it says nothing. */
const FAMILY_DEFAULTS: Readonly<Record<string, GenerationSettings>> = {
  bart: {
    bos_token_id: 0,
    pad_token_id: 1,
    eos_token_id: 2,
    decoder_start_token_id: 2,
    forced_eos_token_id: 2,
  },
  mbart: { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2, forced_eos_token_id: 2 },
  pegasus: {
    pad_token_id: 0,
    eos_token_id: 1,
    decoder_start_token_id: 0,
    forced_eos_token_id: 1,
  },
  llama: { bos_token_id: 1, eos_token_id: 2 },
  mistral: { bos_token_id: 1, eos_token_id: 2 },
  phi: { bos_token_id: 1, eos_token_id: 2 },
  gpt_neox: { bos_token_id: 0, eos_token_id: 2 },
  led: { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2, decoder_start_token_id: 2 },
};

/**
 * Reads a checkpoint's settings: generation_config.json as a whole if there is one, else config.json
 * with its family's defaults. A generation_config.json that says that it is a copy of config.json
 * counts where config.json says nothing.
 *
 * @param config The keys of config.json.
 * @param generationConfig Those of generation_config.json, if there is such a file.
 * @returns The settings; what they lack has the defaults of `generate()`.
 * @throws {TypeError} If a setting is of the wrong type.
 * @throws {RangeError} If a value is out of range, or a setting that is on is not offered. Settings of
 * one mode, such as sampling, are checked by the call that turns it on.
 *
 * @example
 * ```ts
 * import { checkpointSettings } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const config = { model_type: "bart", num_beams: 4 };
 * assertEquals(checkpointSettings(config).num_beams, 4);
 * assertEquals(checkpointSettings(config).forced_eos_token_id, 2);
 * assertEquals(checkpointSettings(config, { max_length: 99 }), {
 *   bos_token_id: 0,
 *   eos_token_id: 2,
 *   pad_token_id: 1,
 *   decoder_start_token_id: 2,
 *   max_length: 99,
 * });
 * ```
 */
export function checkpointSettings(
  config: Readonly<Record<string, unknown>>,
  generationConfig?: Readonly<Record<string, unknown>>,
): GenerationSettings {
  const type = String(config.model_type);
  const defaults = Object.hasOwn(FAMILY_DEFAULTS, type) ? FAMILY_DEFAULTS[type] : {};
  const isCopy = generationConfig?._from_model_config === true;
  const isOwn = generationConfig !== undefined && !isCopy;
  // Keys of config.json that do not count are not checked.
  const keys = isOwn ? Object.fromEntries(ROLES.map((name) => [name, config[name]])) : config;
  const own = checkSettings("Cannot generate by config.json", keys, false);
  const action = "Cannot generate by generation_config.json";
  const file = generationConfig ? checkSettings(action, generationConfig, false) : {};
  const merged: Record<string, unknown> = { ...defaults, ...own };
  if (isOwn) {
    const roles = Object.fromEntries(ROLES.map((name) => [name, merged[name]]));
    return { ...present(roles), ...present(file) };
  }
  // Since 4.46 transformers moves settings from config.json to the file, and 5 drops them there.
  Object.assign(merged, present(file), present(own));
  const isForced = type === "bart" && config.force_bos_token_to_be_generated === true;
  if (isForced) merged.forced_bos_token_id ??= merged.bos_token_id;
  return present(merged);
}

/**
 * Reads the settings of a task out of `task_specific_params` of config.json.
 *
 * @param config The keys of config.json.
 * @param task The task's name there, such as `summarization`.
 * @returns The settings; empty if there are none.
 * @throws {TypeError} If a setting is of the wrong type.
 * @throws {RangeError} If a value is out of range, or a setting that is on is not offered. Settings of
 * one mode, such as sampling, are checked by the call that turns it on.
 *
 * @example
 * ```ts
 * import { taskSettings } from "@lsg/core/generation";
 * import { assertEquals } from "@std/assert";
 *
 * const config = { task_specific_params: { summarization: { num_beams: 4, prefix: "tl;dr: " } } };
 * assertEquals(taskSettings(config, "summarization"), { num_beams: 4 });
 * assertEquals(taskSettings(config, "translation"), {});
 * ```
 */
export function taskSettings(
  config: Readonly<Record<string, unknown>>,
  task: string,
): GenerationSettings {
  const tasks = config.task_specific_params;
  if (!isJsonObject(tasks) || !Object.hasOwn(tasks, task)) return {};
  const keys = tasks[task];
  if (!isJsonObject(keys)) return {};
  const action = "Cannot generate by task_specific_params of config.json";
  return present(checkSettings(action, keys, false));
}

/** Leaves out null and undefined. */
function present(settings: object): GenerationSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== null && value !== undefined),
  );
}
