/**
 * What all models share: loading, calling, giving back.
 *
 * @module
 */
import {
  type AttentionName,
  type AttentionOptions,
  type AttentionParameters,
  resolveAttention,
} from "../attention/baselines/attention_options.ts";
import type { Backend, Floats } from "../ops/backend.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { openBackend } from "../device.ts";
import { Callable } from "../base/callable.ts";
import { Encoder } from "./encoder.ts";
import { type ModelInputs, readInputs, type TokenBatch } from "./inputs.ts";
import { Parameters } from "./parameters.ts";
import { positionCount } from "./position_ids.ts";
import { checkSettings, type ModelSettings } from "./settings.ts";

/** The parts of a loaded model. */
export interface ModelParts {
  /** The checkpoint's config with overrides. */
  readonly config: ModelConfig;
  /** What computes. */
  readonly backend: Backend;
  /** Whether the model disposes of the backend. */
  readonly ownsBackend: boolean;
  /** All weights. */
  readonly parameters: Parameters;
  /** The encoder. */
  readonly encoder: Encoder;
}

/**
 * Hands weights to a backend and builds the encoder.
 *
 * @param config The checkpoint's config.
 * @param weights All weights of the model, under the bare model's names.
 * @param settings Device and seed.
 * @returns The parts of a model.
 * @throws {TypeError} If a setting is of the wrong type.
 * @throws {RangeError} If a setting is of the wrong value or does not fit the config, or the weights
 * do not fit the backend.
 */
export async function loadParts(
  config: ModelConfig,
  weights: Weights,
  settings: ModelSettings,
): Promise<ModelParts> {
  checkSettings(settings);
  const { device = "auto", seed = 0, lsh_projections, threads, dtype } = settings;
  const attention = settings.attention === undefined
    ? undefined
    : chooseAttention(config, settings.attention);
  const ownsBackend = typeof device === "string";
  const backend = ownsBackend ? await openBackend(device, { threads, dtype }) : device;
  let parameters: Parameters | undefined;
  try {
    parameters = await Parameters.load(backend, weights);
    const encoder = new Encoder(backend, config, parameters, lsh_projections, seed, attention);
    return { config, backend, ownsBackend, parameters, encoder };
  } catch (error) {
    parameters?.dispose();
    if (ownsBackend) backend.dispose();
    throw error;
  }
}

function chooseAttention(
  config: ModelConfig,
  given: AttentionName | AttentionOptions,
): AttentionParameters {
  const attention = resolveAttention(given);
  const own = config.lsg
    ? "LSG"
    : config.attention_window
    ? "Longformer's"
    : config.is_decoder
    ? "causal"
    : undefined;
  if (own === undefined) return attention;
  throw new RangeError(
    `Cannot replace the attention by ${attention.type}: this model's is ${own}, wanted full ` +
      "attention of an encoder",
  );
}

/** What every model gives if it is asked for. */
export interface HiddenStates {
  /** `[batch, tokens, width]` of the embedding and of each layer, if asked for. */
  readonly hidden_states?: readonly Floats[];
}

/** A model: call it with a batch, dispose of it when done. */
export interface PreTrainedModel<Output> {
  /** Runs the model, like {@linkcode PreTrainedModel.forward}. */
  (inputs: ModelInputs): Promise<Output>;
}

/** A model: call it with a batch, dispose of it when done. */
export abstract class PreTrainedModel<Output> extends Callable {
  /** Config, weights, backend and encoder. */
  protected readonly parts: ModelParts;
  #disposed = false;

  /**
   * Puts a model together.
   *
   * @param parts A loaded model's parts, which the model owns from here on.
   */
  constructor(parts: ModelParts) {
    super();
    this.parts = parts;
  }

  /** The checkpoint's config with overrides and defaults. */
  get config(): ModelConfig {
    return this.parts.config;
  }

  /** What computes. */
  get backend(): Backend {
    return this.parts.backend;
  }

  /** How many tokens the position table has room for. */
  get maxLength(): number {
    return positionCount(this.config);
  }

  /**
   * Runs the model.
   *
   * @param inputs A batch of token ids, as a tokenizer gives it.
   * @returns The outputs; `await tensor.getData()` reads them.
   * @throws {TypeError} If the inputs are no such batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   */
  abstract forward(inputs: ModelInputs): Promise<Output>;

  /** What a call does. */
  _call(inputs: ModelInputs): Promise<Output> {
    return this.forward(inputs);
  }

  /** Gives all memory back; the model cannot be used any more. */
  dispose(): void {
    this.#disposed = true;
    this.parts.encoder.dispose();
    this.parts.parameters.dispose();
    if (this.parts.ownsBackend) this.parts.backend.dispose();
  }

  /**
   * Runs the encoder, and a head on what it gives. What the head makes and does not return is given
   * back, and everything if it fails.
   *
   * @param batch Checked ids and masks.
   * @param options Whether hidden states are kept, and what is called after each layer.
   * @param head Makes outputs of `[batch, tokens, hidden_size]`.
   * @returns The head's outputs, and the hidden states.
   */
  protected async encode<Output extends Readonly<Record<string, Floats>>>(
    batch: TokenBatch,
    options: Pick<ModelInputs, "output_hidden_states" | "layer_callback">,
    head: (lastHiddenState: Floats) => Output,
  ): Promise<Output & HiddenStates> {
    const { backend, encoder } = this.parts;
    const { lastHiddenState, hiddenStates } = await encoder.forward(batch, options);
    try {
      const outputs = backend.scope(() => head(lastHiddenState));
      if (!Object.values(outputs).includes(lastHiddenState)) lastHiddenState.dispose();
      return { ...outputs, ...(options.output_hidden_states && { hidden_states: hiddenStates }) };
    } catch (error) {
      [lastHiddenState, ...hiddenStates].forEach((tensor) => tensor.dispose());
      throw error;
    }
  }

  /** Checks a batch against the model's tables. */
  protected read(inputs: ModelInputs): TokenBatch {
    if (this.#disposed) throw new Error("Cannot run the model: it was disposed");
    const { vocab_size, type_vocab_size, attention_window } = this.config;
    return readInputs(inputs, {
      vocabulary: vocab_size,
      // Without a table, type 0 says nothing.
      types: Math.max(1, type_vocab_size),
      globals: attention_window !== undefined,
    });
  }
}
