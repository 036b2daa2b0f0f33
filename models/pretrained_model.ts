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
} from "../attention/attention_options.ts";
import type { Backend, BackendName, DataType, Floats } from "../backend.ts";
import type { ModelConfig } from "../checkpoint/config.ts";
import type { Weights } from "../checkpoint/weights.ts";
import { checkDataType } from "../data_type.ts";
import { openBackend } from "../device.ts";
import { Callable } from "../tokenizer/callable.ts";
import { Encoder } from "./encoder.ts";
import { type ModelInputs, readInputs, type TokenBatch } from "./inputs.ts";
import { Parameters } from "./parameters.ts";
import { positionCount } from "./position_ids.ts";

/** What a model is made of besides its weights. */
export interface ModelSettings {
  /** What computes: a name, or a backend that the caller keeps and disposes of. */
  readonly device?: BackendName | "auto" | Backend;
  /** Threads of the `wasm` device; absent: as many as the machine has cores. */
  readonly threads?: number;
  /**
   * Replaces the attention of a vanilla encoder, to compare attentions: a name, or an object with
   * `type` and what that attention takes.
   */
  readonly attention?: AttentionName | AttentionOptions;
  /** Seed of what attentions draw; 0 if absent. */
  readonly seed?: number;
  /** For `lsh`: for each layer one `[heads, width, ⌊buckets/2⌋]` a round, in place of drawn ones. */
  readonly lsh_projections?: readonly (readonly Float32Array[])[];
  /** In which form weights are held; 32-bit floats, or what a given backend holds, if absent. */
  readonly dtype?: DataType;
}

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
 */
export async function loadParts(
  config: ModelConfig,
  weights: Weights,
  settings: ModelSettings,
): Promise<ModelParts> {
  const { device = "auto", seed = 0, lsh_projections, threads, dtype } = settings;
  checkDataType(dtype);
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new RangeError(`Cannot load a model with seed ${seed}: wanted 0 … 4294967295`);
  }
  if (typeof device !== "string" && typeof device?.attend !== "function") {
    throw new TypeError(
      `Cannot load a model on the device ${String(device)}: wanted a name or a Backend`,
    );
  }
  const attention = settings.attention === undefined
    ? undefined
    : chooseAttention(config, settings.attention);
  const ownsBackend = typeof device === "string";
  if (!ownsBackend && threads !== undefined) {
    throw new TypeError("Cannot give threads to a backend that is open already");
  }
  if (!ownsBackend && dtype !== undefined && dtype !== device.dtype) {
    throw new RangeError(
      `Cannot load a model with dtype "${dtype}" on a backend that was opened with "${device.dtype}"`,
    );
  }
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
