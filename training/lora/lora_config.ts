/**
 * `adapter_config.json`: what a LoRA adapter is, as peft spells it.
 *
 * @module
 */
import { checkOptions } from "../../base/check_options.ts";
import { showName, showValue } from "../../base/show_value.ts";
import type { Head } from "../../families/families.ts";

/** Options of a new adapter, with peft's names and defaults. */
export interface LoraOptions {
  /** Rank of the update; 8 if absent. */
  readonly r?: number;
  /** The update is multiplied by `lora_alpha / r`; 8 if absent. */
  readonly lora_alpha?: number;
  /** The share of an adapted layer's input that is dropped in training; 0 if absent. */
  readonly lora_dropout?: number;
  /** Multiplies by `lora_alpha / √r` instead; false if absent. */
  readonly use_rslora?: boolean;
  /**
   * The linear layers that are adapted: the ends of their names in transformers, such as `query`; a
   * regular expression, which as a string matches whole names, as in peft, and as an object any part
   * of them; or `all-linear`: all but the head. The projections to queries and values if absent.
   */
  readonly target_modules?: readonly string[] | string | RegExp;
  /**
   * Modules that are trained whole and saved with the adapter, by the ends of their names: a head
   * that was drawn, `global_embeddings`. The head of a classification if absent.
   */
  readonly modules_to_save?: readonly string[];
  /** Seed of the initial values; 0 if absent. */
  readonly seed?: number;
}

/** An adapter's settings. */
export interface LoraConfig {
  /** Rank of the update. */
  readonly r: number;
  /** The update is multiplied by `lora_alpha / r`. */
  readonly lora_alpha: number;
  /** The share of an adapted layer's input that is dropped in training. */
  readonly lora_dropout: number;
  /** Multiplies by `lora_alpha / √r` instead. */
  readonly use_rslora: boolean;
}

/** An adapter's settings, and the modules that have or get one. */
export interface ResolvedOptions extends LoraConfig {
  /** Which linear layers; absent: queries and values. */
  readonly target_modules?: readonly string[] | RegExp | "all-linear";
  /** Which modules are trained whole; absent: the head of a classification. */
  readonly modules_to_save?: readonly string[];
  /** Seed of the initial values. */
  readonly seed: number;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");

/**
 * Checks the options of a new adapter.
 *
 * @param options The options.
 * @returns All of them.
 * @throws {TypeError} If one is unknown or of the wrong type.
 * @throws {RangeError} If one is of the wrong value.
 */
export function resolveLoraOptions(options: LoraOptions): ResolvedOptions {
  const list = { type: "object", wanted: "a list of ends of names", accepts: isTexts } as const;
  const {
    r = 8,
    lora_alpha = 8,
    lora_dropout = 0,
    use_rslora = false,
    seed = 0,
    target_modules,
    modules_to_save,
  } = checkOptions("Cannot adapt a model", options, {
    r: RANK,
    lora_alpha: POSITIVE,
    lora_dropout: SHARE,
    use_rslora: { type: "boolean", wanted: "true or false" },
    target_modules: {
      type: ["object", "string"],
      wanted: "a list of ends of names, a regular expression or all-linear",
      accepts: (value) =>
        value instanceof RegExp || (typeof value === "string" ? value !== "" : isTexts(value)),
    },
    modules_to_save: list,
    seed: {
      type: "number",
      wanted: "0 … 4294967295",
      accepts: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32,
    },
  });
  return {
    r,
    lora_alpha,
    lora_dropout,
    use_rslora,
    seed,
    modules_to_save,
    target_modules: typeof target_modules === "string" && target_modules !== "all-linear"
      ? compile(target_modules)
      : target_modules as ResolvedOptions["target_modules"],
  };
}

const POSITIVE = {
  type: "number",
  wanted: "a number above 0",
  accepts: (value: unknown) => Number.isFinite(value) && Number(value) > 0,
} as const;

const SHARE = {
  type: "number",
  wanted: "a number from 0 to below 1",
  accepts: (value: unknown) => Number(value) >= 0 && Number(value) < 1,
} as const;

/** A regular expression that matches whole names. */
function compile(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, "u");
  } catch (cause) {
    throw new RangeError(
      `Cannot adapt a model with target_modules ${showValue(pattern)}: it is not a regular ` +
        `expression of JavaScript`,
      { cause },
    );
  }
}

/** Most rank that an adapter may have; as many as the widest layer of a large model. */
const MAX_RANK = 4096;

const RANK = {
  type: "number",
  wanted: `a whole number from 1 to ${MAX_RANK}`,
  accepts: (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_RANK,
} as const;

/** Keys that do not change what an adapter computes, once its tensors are known. */
const OTHERS: readonly string[] = [
  "auto_mapping",
  "base_model_name_or_path",
  "exclude_modules",
  "inference_mode",
  "init_lora_weights",
  "layers_pattern",
  "layers_to_transform",
  "loftq_config",
  "megatron_core",
  "modules_to_save",
  "peft_version",
  "qalora_group_size",
  "revision",
  "runtime_config",
  "target_modules",
  "task_type",
  // The ranks of layers that differ are those of their tensors.
  "rank_pattern",
];

/**
 * Reads `adapter_config.json`.
 *
 * @param json The file.
 * @param origin Its name, for messages.
 * @returns The settings; which modules are adapted, the file's tensors say.
 * @throws {TypeError | RangeError} If a key is of the wrong type or value, or asks for what is not
 * supported.
 */
export function parseLoraConfig(
  json: Readonly<Record<string, unknown>>,
  origin: string,
): LoraConfig {
  const fail = (key: string, wanted: string): never => {
    throw new RangeError(
      `Cannot load the adapter ${origin} with ${showName(key)} ${showValue(json[key])}: ` +
        `wanted ${wanted}`,
    );
  };
  if (json.peft_type !== "LORA") fail("peft_type", '"LORA"');
  // These change the weights of the model itself when an adapter is made.
  const { init_lora_weights: init = true } = json;
  if (typeof init !== "boolean" && init !== "gaussian") {
    fail("init_lora_weights", 'true, false or "gaussian"');
  }
  const read = (key: keyof LoraConfig, accepts: (value: unknown) => boolean, wanted: string) => {
    if (!accepts(json[key])) fail(key, wanted);
    return json[key] as never;
  };
  const config = {
    r: read("r", RANK.accepts, RANK.wanted),
    lora_alpha: read("lora_alpha", POSITIVE.accepts, POSITIVE.wanted),
    lora_dropout: json.lora_dropout === undefined
      ? 0
      : read("lora_dropout", SHARE.accepts, SHARE.wanted),
    use_rslora: json.use_rslora === undefined
      ? false
      : read("use_rslora", (value) => typeof value === "boolean", "true or false"),
  };
  for (const [key, value] of Object.entries(json)) {
    if (Object.hasOwn(config, key) || key === "peft_type" || OTHERS.includes(key) || isOff(value)) {
      continue;
    }
    fail(key, "an adapter without it");
  }
  return config;
}

/** Whether the value of a key asks for nothing. */
function isOff(value: unknown): boolean {
  return value === null || value === false || value === "none" ||
    (typeof value === "object" && Object.keys(value).length === 0);
}

/**
 * The factor of an adapter's update.
 *
 * @param config The settings.
 * @param rank The rank of the layer's adapter.
 * @returns `lora_alpha / r`, or `lora_alpha / √r`.
 */
export function scalingOf({ lora_alpha, use_rslora }: LoraConfig, rank: number): number {
  return lora_alpha / (use_rslora ? Math.sqrt(rank) : rank);
}

/** Keys of a new adapter, as peft writes them. */
const NEW_CONFIG: Readonly<Record<string, unknown>> = {
  alpha_pattern: {},
  auto_mapping: null,
  bias: "none",
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  layers_pattern: null,
  layers_to_transform: null,
  peft_type: "LORA",
  rank_pattern: {},
  revision: null,
};

/** What peft calls the heads. */
const TASKS: Readonly<Partial<Record<Head, string>>> = {
  Model: "FEATURE_EXTRACTION",
  CausalLM: "CAUSAL_LM",
  ConditionalGeneration: "SEQ_2_SEQ_LM",
  SequenceClassification: "SEQ_CLS",
  TokenClassification: "TOKEN_CLS",
  QuestionAnswering: "QUESTION_ANS",
};

/** Ends of the names of modules that peft trains whole, for a task, beside `modules_to_save`. */
export const PEFT_HEADS: Readonly<Partial<Record<Head, readonly string[]>>> = {
  SequenceClassification: ["classifier", "score"],
  TokenClassification: ["classifier", "score"],
  QuestionAnswering: ["qa_outputs"],
};

/**
 * Makes the `adapter_config.json` of a new adapter.
 *
 * @param config The settings.
 * @param head The model's head; undefined: the file names no task.
 * @param modules The layers that are adapted, the modules that are trained whole, the model's name.
 * @returns The file.
 */
export function newLoraJson(
  config: LoraConfig,
  head: Head | undefined,
  { target_modules, modules_to_save, model }: {
    readonly target_modules: readonly string[];
    readonly modules_to_save: readonly string[];
    readonly model: string | undefined;
  },
): Record<string, unknown> {
  const { use_rslora, ...settings } = config;
  return {
    ...NEW_CONFIG,
    ...settings,
    // Versions of peft before 0.8 know no such key.
    ...(use_rslora && { use_rslora }),
    base_model_name_or_path: model ?? null,
    modules_to_save: modules_to_save.length > 0 ? modules_to_save : null,
    target_modules,
    task_type: (head && TASKS[head]) ?? null,
  };
}
