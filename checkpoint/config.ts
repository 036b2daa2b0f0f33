import type { LsgParameters } from "../attention/lsg/lsg_parameters.ts";
import { type ActivationName, ACTIVATIONS } from "../ops/activation.ts";
import { assertOnly } from "./assert_only.ts";
import type {
  Decoder,
  DecoderConfig,
  Family,
  ModelConfig,
  ModelType,
  Pooling,
} from "../families/families.ts";
import { familyOf, importFamily, MODEL_TYPES } from "../families/known_families.ts";
import { KeyReader } from "./key_reader.ts";
import { parseLabels } from "./labels.ts";
import { showValue } from "../base/show_value.ts";
import { type CheckpointSource, readJsonObject } from "./source.ts";

const POOLINGS: readonly Pooling[] = ["cls", "bos", "mean", "late"];

/** Several times more than any model has; bounds the memory that a hostile file can take. */
const MAX_LAYERS = 1000;

/** Names in transformers of functions that have another name here: the same to float32's rounding. */
const ACTIVATION_SYNONYMS: Readonly<Record<string, ActivationName>> = {
  gelu_python: "gelu",
  gelu_accurate: "gelu_new",
  gelu_fast: "gelu_new",
  gelu_python_tanh: "gelu_new",
  gelu_pytorch_tanh: "gelu_new",
  swish: "silu",
};

/** Reads the parameters of LSG. */
type LsgReader = (raw: Readonly<Record<string, unknown>>) => LsgParameters;

let readLsg: LsgReader | undefined;

/**
 * Makes LSG models known: few configs name one, so its reader is imported when one does.
 *
 * @param read Reads its parameters.
 */
export function addLsg(read: LsgReader): void {
  readLsg = read;
}

/**
 * Validates a parsed `config.json` of a family that is known, and fills in its defaults.
 *
 * @param json The file's keys.
 * @param overrides Keys that replace the file's.
 * @returns The typed config.
 * @throws {TypeError} If a value is of the wrong type.
 * @throws {RangeError} If a value is out of range or not supported.
 */
export function parseKnownConfig(
  json: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, unknown>> = {},
): ModelConfig {
  const raw: Record<string, unknown> = { ...json, ...overrides };
  const modelType = parseModelType(raw.model_type);
  const family = familyOf({ model_type: modelType });
  const { className, defaults, keys, unread = [], only, converts, embeddings, positions } = family;
  assertOnly(raw, only);
  // Padding is masked, so its id does not matter where positions are not counted from it.
  const isPaddingFree = raw.pad_token_id === null && !countsFromPadding(positions);
  const ignored: readonly string[] = [...unread, ...(isPaddingFree ? ["pad_token_id"] : [])];
  const present = Object.fromEntries(Object.entries(raw).filter(([key]) => !ignored.includes(key)));
  const read = new KeyReader("config", present, defaults, keys);
  const architectures = parseArchitectures(raw.architectures);
  const hiddenSize = read.integer("hidden_size", 1);
  const layers = read.integer("num_hidden_layers", 1, MAX_LAYERS);
  const heads = read.integer("num_attention_heads", 1);
  const orElse = (key: string, absent: number) =>
    key in defaults && (read.value(key) ?? null) !== null ? read.integer(key, 1) : absent;
  const width = orElse("head_dim", hiddenSize / heads);
  const trained = read.integer("max_position_embeddings", 1);
  const ropeFacts = { width, trained, layers };
  const flag = (key: string) => key in defaults && read.boolean(key);
  const id = (key: string) => (read.value(key) ?? null) === null ? null : read.integer(key, 0);
  const config: ModelConfig = {
    model_type: modelType,
    architectures,
    vocab_size: read.integer("vocab_size", 1),
    embedding_size: "embedding_size" in defaults ? read.integer("embedding_size", 1) : hiddenSize,
    hidden_size: hiddenSize,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: orElse("num_key_value_heads", heads),
    head_dim: width,
    intermediate_size: read.integer("intermediate_size", 1),
    hidden_act: read.oneOf("hidden_act", ACTIVATIONS, ACTIVATION_SYNONYMS),
    max_position_embeddings: trained,
    type_vocab_size: embeddings.tokenType ? read.integer("type_vocab_size", 1) : 0,
    rope: family.readRope?.(raw, read, ropeFacts),
    local: family.readLocal?.(raw, read, ropeFacts),
    sliding_window: orElse("sliding_window", 0) || undefined,
    attention_bias: flag("attention_bias"),
    mlp_bias: flag("mlp_bias"),
    norm_bias: flag("norm_bias"),
    classifier_bias: flag("classifier_bias"),
    decoder_bias: flag("decoder_bias"),
    classifier_activation: "classifier_activation" in defaults
      ? read.oneOf("classifier_activation", ACTIVATIONS, ACTIVATION_SYNONYMS)
      : "gelu",
    classifier_pooling: "classifier_pooling" in defaults
      ? read.oneOf("classifier_pooling", POOLINGS)
      : "cls",
    use_parallel_residual: flag("use_parallel_residual"),
    layer_norm_eps: read.positive("layer_norm_eps"),
    initializer_range: read.positive("initializer_range"),
    pad_token_id: defaults.pad_token_id === null
      ? id("pad_token_id") ?? 0
      : read.integer("pad_token_id", 0),
    bos_token_id: id("bos_token_id"),
    sep_token_id: id("sep_token_id"),
    eos_token_id: parseEos(read),
    decoder_start_token_id: id("decoder_start_token_id"),
    scale_embedding: flag("scale_embedding"),
    decoder: family.decoder && parseDecoder(read, family.decoder),
    id2label: parseLabels(raw),
    tie_word_embeddings: read.boolean("tie_word_embeddings"),
    dropout: parseDropout(read, family),
    is_decoder: read.boolean("is_decoder"),
    attention_window: "attention_window" in defaults
      ? parseWindows(read.value("attention_window"), layers)
      : undefined,
    lsg: isLsg(raw, architectures) ? readLsg!(raw) : undefined,
    raw,
  };
  if (config.lsg && !converts) {
    throw new RangeError(`config names an LSG model, but LSG does not support ${className}`);
  }
  const stacks = [...(Number.isInteger(width) ? [] : [config]), config.decoder ?? []].flat();
  for (const { num_attention_heads: heads } of stacks) {
    if (hiddenSize % heads === 0) continue;
    throw new RangeError(
      `config hidden_size ${hiddenSize} must be a multiple of num_attention_heads ${heads}`,
    );
  }
  if (heads % config.num_key_value_heads !== 0) {
    throw new RangeError(
      `config num_attention_heads ${heads} must be a multiple of num_key_value_heads ` +
        config.num_key_value_heads,
    );
  }
  if (config.pad_token_id >= config.vocab_size) {
    throw new RangeError(
      `config pad_token_id ${config.pad_token_id} must be below vocab_size ${config.vocab_size}`,
    );
  }
  return config;
}

/**
 * Reads a checkpoint's `config.json`.
 *
 * @param source The checkpoint's files.
 * @param overrides Keys that replace the file's.
 * @returns The typed config.
 * @throws {RangeError} If there is no such file, or a value is not supported.
 * @throws {TypeError | SyntaxError} If a value is of the wrong type, or the file is malformed.
 *
 * @example
 * ```ts
 * import { MemorySource, readConfig } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const source = new MemorySource({ "config.json": '{"model_type": "roberta"}' });
 * assertEquals((await readConfig(source, { num_hidden_layers: 3 })).num_hidden_layers, 3);
 * ```
 */
export async function readConfig(
  source: CheckpointSource,
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<ModelConfig> {
  const json = await readJsonObject(source, "config.json");
  if (json === undefined) {
    const adapter = await readJsonObject(source, "adapter_config.json");
    throw new RangeError(
      `${source.name} is not a checkpoint: it has no config.json` +
        (adapter
          ? `. It is an adapter: load ${showValue(adapter.base_model_name_or_path)}, then ` +
            "Lora.from_pretrained(model, …)"
          : ""),
    );
  }
  const raw: Record<string, unknown> = { ...json, ...overrides };
  await importFamily(parseModelType(raw.model_type));
  if (isLsg(raw, parseArchitectures(raw.architectures))) {
    addLsg((await import("../attention/lsg/lsg_parameters.ts")).resolveLsgParameters);
  }
  return parseKnownConfig(json, overrides);
}

/** Old configs of several end tokens list them; the first one counts outside of generation. */
function parseEos(read: KeyReader): number | null {
  const value = read.value("eos_token_id") ?? null;
  const id = Array.isArray(value) ? value[0] ?? null : value;
  if (id === null || Number.isSafeInteger(id) && id >= 0 && id < 2 ** 31) return id;
  throw new RangeError(
    `config eos_token_id must be an id, a list of ids or null, got ${showValue(value)}`,
  );
}

function parseDecoder(read: KeyReader, { keys }: Decoder): DecoderConfig {
  return {
    num_hidden_layers: read.integer(keys.num_hidden_layers, 1, MAX_LAYERS),
    num_attention_heads: read.integer(keys.num_attention_heads, 1),
    intermediate_size: read.integer(keys.intermediate_size, 1),
    max_position_embeddings: read.integer(keys.max_position_embeddings, 1),
  };
}

/** The rates of all sites and heads; where a head names several keys, those before may be null. */
function parseDropout(
  read: KeyReader,
  { dropout, heads, decoder }: Family,
): ModelConfig["dropout"] {
  const sites = [...Object.values(dropout), ...Object.values(decoder?.dropout ?? {})];
  const ofHeads = Object.values(heads).flatMap(({ layers }) =>
    layers.map(({ dropout = [] }) => dropout)
  );
  const rates: Record<string, number | null> = {};
  for (const keys of [...sites.map((key) => [key]), ...ofHeads]) {
    for (const key of keys) rates[key] = read.rate(key);
    if (keys.length === 0 || keys.some((key) => rates[key] !== null)) continue;
    throw new TypeError(`config ${keys.at(-1)} must be a number from 0 to below 1, got null`);
  }
  return rates;
}

function countsFromPadding(positions: Family["positions"]): boolean {
  return typeof positions !== "string" && positions.ids === "from_padding";
}

/**
 * Reads the `model_type` of a config.
 *
 * @param value Its value.
 * @returns The type.
 * @throws {RangeError} If it is not supported.
 */
export function parseModelType(value: unknown): ModelType {
  if (typeof value !== "string" || !MODEL_TYPES.includes(value as ModelType)) {
    throw new RangeError(
      `config model_type ${showValue(value)} is not supported; supported: ` +
        MODEL_TYPES.join(", "),
    );
  }
  return value as ModelType;
}

function parseArchitectures(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  // Old files have a single string.
  const names = typeof value === "string" ? [value] : value;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new TypeError(
      `config architectures must be a list of strings, got ${showValue(value)}`,
    );
  }
  return names;
}

/** Returns one window per layer. */
function parseWindows(value: unknown, layers: number): number[] {
  const windows: unknown[] = Array.isArray(value) ? value : new Array(layers).fill(value);
  const isWindow = (window: unknown): window is number =>
    Number.isInteger(window) && Number(window) > 0 && Number(window) % 2 === 0 &&
    Number(window) < 2 ** 31;
  if (windows.length === layers && windows.every(isWindow)) return windows;
  throw new RangeError(
    `config attention_window must be an even number above 0, or a list of one for each of ${layers} ` +
      `layers, got ${showValue(value)}`,
  );
}

function isLsg(raw: Record<string, unknown>, architectures: string[]): boolean {
  return raw.base_model_prefix === "lsg" || architectures.some((name) => name.startsWith("LSG"));
}
