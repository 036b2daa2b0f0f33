/**
 * The parts of a model: weights on a backend, encoder and decoder.
 *
 * @module
 */
import type { AttentionParameters } from "../attention/baselines/attention_options.ts";
import type { SelfExtendOption } from "../attention/self_extend/self_extend_settings.ts";
import { warnOnce } from "../base/warn_once.ts";
import { decoderStack } from "../checkpoint/decoder_stack.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { openModelBackend } from "../device.ts";
import type { Family, ModelConfig } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";
import type { Backend } from "../ops/backend.ts";
import type { BlockParts } from "./blocks.ts";
import type * as encoderDecoders from "./encoder_decoder.ts";
import { Encoder } from "./encoder.ts";
import { EncoderAttention } from "./encoder_attention.ts";
import { importAttentions } from "./late_attentions.ts";
import { Parameters } from "./parameters.ts";
import {
  type MemoryDataType,
  memoryDataTypes,
  REFERENCE_WARNING,
  type ResolvedSettings,
} from "./settings.ts";

/** The parts of a loaded model. */
export interface ModelParts {
  /** The checkpoint's config with overrides. */
  readonly config: ModelConfig;
  /** The architecture. */
  readonly family: Family;
  /** Backend that runs the operations. */
  readonly backend: Backend;
  /** Whether the model disposes of the backend. */
  readonly ownsBackend: boolean;
  /** Whether another model disposes of the weights. */
  readonly isView?: boolean;
  /** All weights. */
  readonly parameters: Parameters;
  /** The encoder. */
  readonly encoder: Encoder;
  /** The decoder of an encoder-decoder. */
  readonly decoder?: Encoder;
  /** Passes through an encoder and its decoder, which few models need. */
  readonly encoderDecoder?: typeof encoderDecoders;
  /** Backend, weights, config and description of that decoder. */
  readonly decoderParts?: BlockParts;
  /** Checks a call's `self_extend`, if positions are rotary. */
  readonly checkSelfExtend?: (action: string, option: unknown) => void;
  /** Self-Extend, where a call says nothing. */
  readonly self_extend?: SelfExtendOption;
  /** The data type of documents' keys and values. */
  readonly memory_dtype?: MemoryDataType;
  /** The keys of the checkpoint's `generation_config.json`, if it has one. */
  readonly generationConfig?: Readonly<Record<string, unknown>>;
  /** The files of that checkpoint. */
  readonly source?: CheckpointSource;
}

/**
 * Loads weights onto a backend and builds the encoder, and the decoder if there is one.
 *
 * @param config The checkpoint's config.
 * @param weights All weights of the model, under the bare model's names.
 * @param settings Device, seed, and attention as `resolveAttention()` of `@lsg/core/attention`
 * returns it.
 * @returns The parts of a model: a model's class owns them, or the caller disposes of the encoder,
 * the decoder, the parameters and, if `ownsBackend`, the backend.
 * @throws {RangeError} If a setting does not fit the config, or the weights do not fit the backend.
 * @throws `settings.signal.reason` If that signal aborts; nothing is left on the backend.
 *
 * @example A small model with random weights
 * ```ts
 * import { MemoryWeights, modelParameters, parseConfig } from "@lsg/core/checkpoint";
 * import { EncoderModel, loadParts } from "@lsg/core/models";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({
 *   model_type: "bert",
 *   vocab_size: 30,
 *   hidden_size: 8,
 *   num_hidden_layers: 1,
 *   num_attention_heads: 2,
 *   intermediate_size: 16,
 * });
 * const random = new Random(0);
 * const weights = new MemoryWeights(
 *   modelParameters(config, "Model").map(({ name, dims }) => {
 *     return [name, { dims, data: random.normals(dims.reduce((a, b) => a * b)) }];
 *   }),
 * );
 * using model = new EncoderModel(await loadParts(config, weights, { device: "wasm" }));
 * const { last_hidden_state } = await model({ input_ids: [[2, 5, 6, 3]] });
 * assertEquals(last_hidden_state.dims, [1, 4, 8]);
 * ```
 */
export async function loadParts(
  config: ModelConfig,
  weights: Weights,
  settings: ResolvedSettings,
): Promise<ModelParts> {
  const { device = "auto", threads, dtype, attention, signal, memory_dtype } = settings;
  checkMemory(config, memory_dtype);
  if (settings.self_extend !== undefined) {
    const { checkSelfExtend } = await import("./self_extend.ts");
    checkSelfExtend("Cannot load a model", settings.self_extend);
    if (settings.self_extend) checkRotaryDecoder(config);
  }
  if (attention) checkReplaceable(config, attention);
  if (device === "cpu") warnOnce(REFERENCE_WARNING);
  const ownsBackend = typeof device === "string";
  const backend = ownsBackend
    ? await (settings.opening ?? openModelBackend(device, { threads, dtype }))
    : device;
  let parameters: Parameters | undefined;
  let encoder: Encoder | undefined;
  try {
    checkMemoryType(backend, memory_dtype);
    parameters = await Parameters.load(backend, weights, signal);
    const family = familyOf(config);
    const stack = { backend, config, parameters, family };
    const late = await importAttentions(config, family, settings);
    const ownAttention = new EncoderAttention(stack, settings, undefined, late);
    encoder = new Encoder(stack, ownAttention);
    const { self_extend } = settings;
    const checkSelfExtend = late.rotary?.checkSelfExtend;
    const parts = {
      ...{ config, family, backend, ownsBackend, parameters, encoder },
      ...{ self_extend, checkSelfExtend },
    };
    if (!config.decoder) return parts;
    const [decoderConfig, decoder] = decoderStack(config, family);
    const decoderParts = { backend, parameters, config: decoderConfig, family: decoder };
    const encoderDecoder = await import("./encoder_decoder.ts");
    const ofDecoder = { decoderParts, decoder: new Encoder(decoderParts), encoderDecoder };
    return { ...parts, ...ofDecoder, memory_dtype };
  } catch (error) {
    encoder?.dispose();
    parameters?.dispose();
    if (ownsBackend) backend.dispose();
    throw error;
  }
}

function checkMemory(
  { decoder, model_type }: ModelConfig,
  dtype: MemoryDataType | undefined,
): void {
  if (dtype === undefined || decoder) return;
  throw new RangeError(
    `Cannot load a ${model_type} model with memory_dtype "${dtype}": wanted an encoder-decoder`,
  );
}

function checkRotaryDecoder({ rope, is_decoder, model_type }: ModelConfig): void {
  if (rope && is_decoder) return;
  throw new RangeError(
    `Cannot load a ${model_type} model with self_extend: wanted a decoder with rotary positions`,
  );
}

function checkMemoryType(backend: Backend, memory: MemoryDataType | undefined): void {
  const types = memoryDataTypes(backend);
  if (memory === undefined || types.includes(memory)) return;
  const wanted = memory === "fp16" ? 'dtype "fp16"' : types.join(" or ");
  throw new RangeError(
    `Cannot load a model with memory_dtype "${memory}" and dtype "${backend.dtype}" on ` +
      `${backend.name}: wanted ${wanted}`,
  );
}

function checkReplaceable(config: ModelConfig, attention: AttentionParameters): void {
  const own = config.lsg
    ? "LSG"
    : config.attention_window
    ? "Longformer's"
    : config.is_decoder
    ? "causal"
    : undefined;
  if (own === undefined) return;
  throw new RangeError(
    `Cannot replace the attention by ${attention.type}: this model's is ${own}, wanted full ` +
      "attention of an encoder",
  );
}
