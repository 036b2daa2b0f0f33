/**
 * From a checkpoint to a model.
 *
 * @module
 */
import { checkNames } from "../base/check_options.ts";
import { readConfig } from "../checkpoint/config.ts";
import type { ConversionOptions } from "../checkpoint/conversion/conversion_options.ts";
import type { LabelSettings } from "../checkpoint/labels.ts";
import type { Head } from "../families/families.ts";
import { isJsonObject } from "../base/json.ts";
import { resolveModelWeights } from "../checkpoint/model_weights.ts";
import { openWeights } from "../checkpoint/open_weights.ts";
import { openModelBackend } from "../device.ts";
import { WEIGHT_FILES } from "../checkpoint/weight_files.ts";
import { showValue } from "../base/show_value.ts";
import { type CheckpointSource, readJsonObject } from "../checkpoint/source.ts";
import { followSignal } from "../hub/follow_signal.ts";
import { expectFiles, openCheckpoint } from "../hub/open_checkpoint.ts";
import type { ExpectedProgress } from "../hub/remote_source.ts";
import { checkHubOptions, HUB_OPTIONS, type HubOptions } from "../hub/options.ts";
import { loadParts, type ModelParts } from "./load_parts.ts";
import { type ModelSettings, type ResolvedSettings, resolveSettings } from "./settings.ts";

/** Options of loading a checkpoint. */
export interface PreTrainedOptions extends ModelSettings, HubOptions, LabelSettings {
  /** Keys that replace those of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Converts a vanilla checkpoint to LSG in memory: options of the conversion, LSG parameters. One that
   * has LSG keeps its length unless `max_sequence_length` is given, and its global tokens unless
   * `resize_lsg: false` is, or one that makes others (`random_global_init`, `keep_first_global_token`,
   * `global_positional_stride`, `use_token_ids`).
   */
  readonly lsg?: ConversionOptions;
  /**
   * Whether tensors of the head that the checkpoint lacks are drawn from `seed`, with a warning that
   * names them; otherwise they are an error. Absent: true if labels are given.
   */
  readonly new_head?: boolean;
  /** Whether tensors of the head that are of another size, of 2 labels instead of 10, say, are drawn too. */
  readonly ignore_mismatched_sizes?: boolean;
}

/** Options of a head that the checkpoint lacks, or has with other labels. */
const HEAD_OPTIONS = [
  "num_labels",
  "id2label",
  "label2id",
  "new_head",
  "ignore_mismatched_sizes",
] as const;

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
  "self_extend",
  ...HEAD_OPTIONS,
  ...HUB_OPTIONS,
];

const FILES = "weights are read from model.safetensors or pytorch_model.bin, beside config.json";

/** Options of transformers.js that are not here, and what to do instead. */
const ADVICE: Readonly<Record<string, string>> = {
  quantized: 'that is dtype "q8"',
  subfolder: FILES,
  model_file_name: FILES,
  use_external_data_format: FILES,
  session_options: "there is no ONNX runtime, but the options device and threads",
};

/**
 * Reads a checkpoint, converts it on request, and loads its weights onto a backend.
 *
 * @param checkpoint A folder, `owner/name` on the hub, a URL, or a source of files.
 * @param head Which head the model has.
 * @param options Device, overrides, conversion; revision, cache, token, progress.
 * @param build Makes the model from its parts.
 * @param others What else is being read; weights are not, before it is there.
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
  others?: Promise<unknown>,
): Promise<Model> {
  options = checkNames("Cannot load a model", options, KNOWN_OPTIONS, ADVICE);
  for (const name of ["config", "lsg"] as const) {
    const value: unknown = options[name];
    if (value === undefined || isJsonObject(value)) continue;
    throw new TypeError(`Cannot load a model with ${name} ${showValue(value)}: wanted an object`);
  }
  for (const name of ["new_head", "ignore_mismatched_sizes"] as const) {
    const value: unknown = options[name];
    if (value === undefined || typeof value === "boolean") continue;
    throw new TypeError(`Cannot load a model with ${name} ${showValue(value)}: wanted a boolean`);
  }
  const settings = await resolveSettings(options);
  const { device = "auto", threads, dtype } = settings;
  // It opens while files are read.
  const opening = typeof device === "string"
    ? openModelBackend(device, { threads, dtype })
    : undefined;
  opening?.catch(() => {}); // thrown where it is waited for
  try {
    return build(await readParts(checkpoint, head, options, { ...settings, opening }, others));
  } catch (error) {
    opening?.then((backend) => backend.dispose(), () => {});
    throw error;
  }
}

async function readParts(
  checkpoint: string | URL | CheckpointSource,
  head: Head,
  options: PreTrainedOptions,
  settings: ResolvedSettings,
  others?: Promise<unknown>,
): Promise<ModelParts> {
  const { signal, progress_callback } = checkHubOptions(options);
  const progress = await expectFiles(progress_callback, WEIGHT_FILES);
  const followed = followSignal(signal);
  try {
    const given = { ...options, signal: followed.signal };
    return await readAndLoad(checkpoint, head, given, settings, progress, others);
  } finally {
    progress?.total.close(); // a read that an abort does not wait for may still end
    followed.release();
  }
}

async function readAndLoad(
  checkpoint: string | URL | CheckpointSource,
  head: Head,
  options: PreTrainedOptions,
  settings: ResolvedSettings,
  progress: ExpectedProgress | undefined,
  others: Promise<unknown> | undefined,
): Promise<ModelParts> {
  const source = await openCheckpoint(checkpoint, options, progress);
  let config = await readConfig(source, options.config);
  let weights = await openWeights(source);
  // What few loadings need is imported by those.
  if (HEAD_OPTIONS.some((name) => options[name] !== undefined)) {
    const { withChosenHead } = await import("./chosen_head.ts");
    ({ config, weights } = withChosenHead(config, weights, head, options));
  }
  if (options.lsg) {
    const { convertInMemory } = await import("./convert_in_memory.ts");
    ({ config, weights } = await convertInMemory(source, { config, weights }, options.lsg, head));
  }
  if (config.lsg) {
    const { lsgWarnings } = await import("../attention/lsg/lsg_parameters.ts");
    lsgWarnings(config.lsg, config.num_attention_heads).forEach(warn);
  }
  weights = resolveModelWeights(weights, config, head);
  if (settings.attention) {
    const { type, max_sequence_length } = settings.attention;
    const grouped = type === "self_extend";
    const { lengthenPositions } = await import("../checkpoint/conversion/lengthen_positions.ts");
    ({ config, weights } = await lengthenPositions(config, weights, max_sequence_length, grouped));
  }
  const generationConfig = (config.decoder || head === "CausalLM") &&
    await readJsonObject(source, "generation_config.json");
  await others;
  const parts = await loadParts(config, weights, settings);
  try {
    progress?.total.finish();
  } catch (error) { // the caller's callback threw it
    [parts.encoder, parts.decoder, parts.parameters].forEach((part) => part?.dispose());
    throw error;
  }
  return { ...parts, generationConfig: generationConfig || undefined, source };
}

function warn(message: string): void {
  console.warn(message);
}
