/**
 * From a checkpoint to a model.
 *
 * @module
 */
import { lsgWarnings } from "../attention/lsg/lsg_parameters.ts";
import { checkNames } from "../base/check_options.ts";
import { readConfig } from "../checkpoint/config.ts";
import type { ConversionOptions } from "../checkpoint/conversion/conversion_options.ts";
import { convertToLsg } from "../checkpoint/conversion/convert_lsg.ts";
import type { Head } from "../families/families.ts";
import { isJsonObject } from "../base/json.ts";
import { lengthenPositions } from "../checkpoint/conversion/lengthen_positions.ts";
import { resolveModelWeights } from "../checkpoint/model_weights.ts";
import { openWeights } from "../checkpoint/open_weights.ts";
import { showValue } from "../base/show_value.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import { HUB_OPTIONS, type HubOptions } from "../hub/options.ts";
import { findSpecialTokenIds } from "../tokenizer/special_token_ids.ts";
import { loadParts, type ModelParts } from "./pretrained_model.ts";
import { type ModelSettings, resolveSettings } from "./settings.ts";

/** Options of loading a checkpoint. */
export interface PreTrainedOptions extends ModelSettings, HubOptions {
  /** Keys that replace those of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Converts a vanilla checkpoint to LSG in memory: options of the conversion, LSG parameters. */
  readonly lsg?: ConversionOptions;
}

const KNOWN_OPTIONS: readonly (keyof PreTrainedOptions)[] = [
  "device",
  "dtype",
  "memory_dtype",
  "seed",
  "lsh_projections",
  "threads",
  "config",
  "lsg",
  "attention",
  ...HUB_OPTIONS,
];

/**
 * Reads a checkpoint, converts it on request, and loads its weights onto a backend.
 *
 * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
 * @param head Which head the model has.
 * @param options Device, overrides, conversion; revision, cache, token, progress.
 * @param build Makes the model from its parts.
 * @returns The model; the caller disposes of it.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a file is missing or does not fit the config and the head.
 * @throws {SyntaxError} If a file is malformed.
 * @throws `options.signal.reason` If that signal aborts.
 */
export async function loadModel<Model>(
  checkpoint: string | URL | CheckpointSource,
  head: Head,
  options: PreTrainedOptions,
  build: (parts: ModelParts) => Model,
): Promise<Model> {
  options = checkNames("Cannot load a model", options, KNOWN_OPTIONS);
  for (const name of ["config", "lsg"] as const) {
    const value: unknown = options[name];
    if (value === undefined || isJsonObject(value)) continue;
    throw new TypeError(`Cannot load a model with ${name} ${showValue(value)}: wanted an object`);
  }
  const settings = resolveSettings(options);
  const source = await openCheckpoint(checkpoint, options);
  let config = await readConfig(source, options.config);
  let weights = await openWeights(source);
  if (options.lsg) {
    const specialTokens = await findSpecialTokenIds(source, config);
    const vanilla = { config, weights, specialTokens };
    ({ config, weights } = await convertToLsg(vanilla, options.lsg, { head }));
  }
  if (config.lsg) lsgWarnings(config.lsg, config.num_attention_heads).forEach(warn);
  weights = resolveModelWeights(weights, config, head);
  if (settings.attention) {
    const { type, max_sequence_length } = settings.attention;
    const grouped = type === "self_extend";
    ({ config, weights } = await lengthenPositions(config, weights, max_sequence_length, grouped));
  }
  const generationConfig = config.decoder && await readJsonObject(source, "generation_config.json");
  // The signal ends the loading, not a later saving.
  const { signal, progress_callback, ...others } = options;
  const kept = signal || progress_callback ? await openCheckpoint(checkpoint, others) : source;
  const parts = await loadParts(config, weights, settings);
  return build({ ...parts, generationConfig, source: kept });
}

function warn(message: string): void {
  console.warn(message);
}
