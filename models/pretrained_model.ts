/**
 * The common part of all models: calling, training, saving, disposing.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import type { Head, ModelConfig } from "../families/families.ts";
import { readResult } from "../tensor/read_result.ts";
import type { CheckpointSource } from "../checkpoint/source.ts";
import type { WrittenFolder } from "../checkpoint/written_folder.ts";
import { Callable } from "../base/callable.ts";
import { showValue } from "../base/show_value.ts";
import { resolveModelWeights } from "../checkpoint/model_weights.ts";
import { openWeights } from "../checkpoint/open_weights.ts";
import { hasFileSystem } from "../hub/env.ts";
import { openCheckpoint } from "../hub/open_checkpoint.ts";
import type { Encoded, PassOptions, TokenRows } from "./pass.ts";
import type { Decoded, EncoderDecoderParts } from "./encoder_decoder.ts";
import {
  type InputLimits,
  type ModelInputs,
  readDecoderInputs,
  readInputs,
  type TokenBatch,
} from "./inputs.ts";
import type { ModelParts } from "./load_parts.ts";
import { namedParameters } from "./named_parameters.ts";
import type { ParameterPart } from "./parameter_part.ts";
import type { Parameters } from "./parameters.ts";
import { positionCount } from "./position_ids.ts";

/** Inputs of a decoder. */
export type DecoderIds = Pick<ModelInputs, "decoder_input_ids" | "decoder_attention_mask">;

/** Outputs that every model returns on request. */
export interface HiddenStates {
  /** `[batch, tokens, width]` of the embedding and of each layer, if requested. */
  readonly hidden_states?: readonly Floats[];
  /** The same of an encoder-decoder's encoder, global tokens in front if the decoder sees them. */
  readonly encoder_hidden_states?: readonly Floats[];
  /** The same of its decoder. */
  readonly decoder_hidden_states?: readonly Floats[];
  /**
   * `[batch, rows, width]`: what an encoder-decoder's decoder attends to, the global tokens of LSG
   * in front if it sees them.
   */
  readonly encoder_last_hidden_state?: Floats;
}

/** A model: call it with a batch, dispose of it at the end. */
export interface PreTrainedModel<Output> {
  /** Runs the model, like {@linkcode PreTrainedModel.forward}. */
  (inputs: ModelInputs): Promise<Output>;
}

/**
 * A model: call it with a batch, dispose of it at the end.
 *
 * @example A text that may be too long
 * ```ts
 * import { AutoModel, type PreTrainedModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * // The first ids, as many as a model has positions for.
 * function cut(model: PreTrainedModel<unknown>, ids: number[]): number[] {
 *   return ids.slice(0, model.maxLength);
 * }
 * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096");
 * const ids = new Array<number>(10_000).fill(5);
 * const { last_hidden_state } = await model({ input_ids: [cut(model, ids)] });
 * assertEquals(last_hidden_state.dims[1], model.maxLength);
 * ```
 */
export abstract class PreTrainedModel<Output> extends Callable
  implements Disposable, AsyncDisposable {
  /** Config, weights, backend and encoder. */
  protected readonly parts: ModelParts;
  /** The head that runs. */
  abstract readonly head: Head;
  #disposed = false;

  /**
   * Puts a model together.
   *
   * @param parts A loaded model's parts, which the model owns from now on.
   */
  constructor(parts: ModelParts) {
    super();
    this.parts = parts;
  }

  /** The checkpoint's config with overrides and defaults. */
  get config(): ModelConfig {
    return this.parts.config;
  }

  /** Backend that runs the operations. */
  get backend(): Backend {
    return this.parts.backend;
  }

  /** The files that it was loaded from. */
  get source(): CheckpointSource | undefined {
    return this.parts.source;
  }

  /** The weights, which a training may change. */
  get parameters(): Parameters {
    return this.parts.parameters;
  }

  /** How many tokens the model has positions for. */
  get maxLength(): number {
    return positionCount(this.config);
  }

  /**
   * The same model, with the same weights, on a backend in front of its own: normally a tape, which
   * gives gradients by them.
   *
   * @param backend The backend that runs the operations.
   * @returns A model of the same class. Weights and draws stay this model's, which outlives it; what
   * it returns belongs to the caller, as ever.
   * @throws {TypeError} If it is not a backend.
   * @throws {Error} If the model was disposed of.
   *
   * @example The gradient by one weight
   * ```ts
   * import { AutoModelForMaskedLM, openBackend } from "@lsg/core";
   * import { lossOf, Tape } from "@lsg/core/training";
   * import { assertEquals } from "@std/assert";
   *
   * using backend = await openBackend("wasm");
   * using model = await AutoModelForMaskedLM.from_pretrained("ccdv/lsg-base-4096", {
   *   device: backend,
   * });
   * const globals = model.parameters.get("embeddings.global_embeddings.weight");
   * using tape = new Tape(backend, [globals]);
   * const result = await lossOf(model.on(tape), {
   *   input_ids: [[0, 5, 6, 2]],
   *   labels: [[-100, 7, -100, -100]],
   * });
   * await tape.backward(...result.seeds);
   * result.dispose();
   * assertEquals(tape.gradients.length, 1);
   * ```
   */
  on(backend: Backend): this {
    if (typeof backend?.attend !== "function") {
      throw new TypeError(`Cannot run a model on ${showValue(backend)}: wanted a Backend`);
    }
    this.#checkAlive("use");
    const { encoder, decoder, decoderParts } = this.parts;
    return new (this.constructor as new (parts: ModelParts) => this)({
      ...this.parts,
      backend,
      ownsBackend: false,
      isView: true,
      encoder: encoder.on(backend),
      ...(decoder && { decoder: decoder.on(backend) }),
      ...(decoderParts && { decoderParts: { ...decoderParts, backend } }),
    });
  }

  /**
   * The same model, whose outputs for padding are computed, as in transformers: there a loss may count
   * them. Otherwise they are those of zeros, where that saves time.
   *
   * @returns The model, whose weights stay this one's.
   * @throws {Error} If the model was disposed of.
   * @internal
   */
  _withPadding(): this {
    this.#checkAlive("use");
    const { encoder } = this.parts;
    return new (this.constructor as new (parts: ModelParts) => this)({
      ...this.parts,
      ownsBackend: false,
      isView: true,
      encoder: encoder.withPadding(),
    });
  }

  /**
   * Runs the model.
   *
   * @param inputs A batch of token ids, as a tokenizer returns it.
   * @returns The outputs, already read: `data` and `tolist()` have the values.
   * @throws {TypeError} If the inputs are not such a batch.
   * @throws {RangeError} If an id has no row in its table or the batch is too long.
   * @throws `inputs.signal.reason` If that signal aborts.
   */
  abstract forward(inputs: ModelInputs): Promise<Output>;

  /**
   * Lists the parameters that a training may change: of a model with an adapter the adapter's.
   *
   * @param part All, the global embeddings of LSG, or those of the head.
   * @returns The tensors with the names that they have in transformers, such as
   * `roberta.embeddings.global_embeddings.weight`.
   * @throws {Error} If the model was disposed.
   */
  named_parameters(part: ParameterPart = "all"): [name: string, tensor: Floats][] {
    this.#checkAlive("list the parameters of");
    return this.parameters.adapter?.named_parameters(part) ??
      namedParameters(this.parts, this.head, part);
  }

  /**
   * Writes the model as a folder that `from_pretrained` loads here and in transformers: `config.json`
   * with the class and the labels, `model.safetensors` with the weights as they are now, in float32,
   * and the tokenizer's files of the checkpoint that the model was loaded from. An LSG model gets
   * what `trust_remote_code=True` needs. `config.json` is written last, so that a folder left
   * incomplete by a failure does not load.
   *
   * Of a model with an adapter the adapter alone is written. Weights of `dtype` `fp16` or `q8` are written as they were rounded. An attention that replaced
   * the model's own is not part of a checkpoint.
   *
   * @param folder Path of the folder; it is created if it does not exist.
   * @throws {TypeError} If the folder is not a string.
   * @throws {RangeError} If it already holds a file of a checkpoint, or a weight is infinite or NaN.
   * @throws {Error} If the model was disposed, or there is no file system.
   *
   * @example
   * ```ts
   * import { AutoModelForMaskedLM } from "@lsg/core";
   * import { assertEquals } from "@std/assert";
   *
   * using model = await AutoModelForMaskedLM.from_pretrained("ccdv/lsg-base-4096");
   * const folder = await Deno.makeTempDir();
   * await model.save_pretrained(`${folder}/copy`);
   * using copy = await AutoModelForMaskedLM.from_pretrained(`${folder}/copy`);
   * assertEquals(copy.config.architectures, ["LSGRobertaForMaskedLM"]);
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  async save_pretrained(folder: string): Promise<void> {
    this.#checkAlive("save");
    if (!hasFileSystem()) {
      throw new Error("Cannot save a model here: there is no file system, wanted to_files()");
    }
    const { writeFolder } = await import("../checkpoint/written_folder.ts");
    await writeFolder(folder, await this.#folder());
  }

  /**
   * Makes the files that {@linkcode save_pretrained} writes, where there is no file system, as in a
   * browser's page.
   *
   * @returns Their bytes by name; `from_pretrained(new MemorySource(files))` loads them.
   * @throws {RangeError} If a weight is infinite or NaN.
   * @throws {Error} If the model was disposed.
   */
  async to_files(): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
    this.#checkAlive("save");
    const { collectFolder } = await import("../checkpoint/written_folder.ts");
    return await collectFolder(await this.#folder());
  }

  async #folder(): Promise<WrittenFolder> {
    const { adapter } = this.parameters;
    if (adapter) return adapter.folder();
    const { modelFolder } = await import("./save_model.ts");
    return await modelFolder(this.parts, this.head);
  }

  /**
   * Replaces the weights by those of a checkpoint of the same model, such as one that
   * {@linkcode save_pretrained} wrote; of a model with an adapter the adapter's. Tensors of the old
   * ones are disposed of, one after the other: if a weight cannot be read, or is infinite or NaN, the
   * model is disposed of.
   *
   * @param checkpoint A folder, or another checkpoint as `from_pretrained` takes it.
   * @throws {RangeError} If a file is missing, or does not fit the model.
   * @throws {SyntaxError} If a file is malformed.
   * @throws {Error} If the model was disposed, also meanwhile, or another call loads its weights.
   */
  async load_weights(checkpoint: string | URL | CheckpointSource): Promise<void> {
    this.#checkAlive("load weights of");
    const source = await openCheckpoint(checkpoint);
    const { adapter } = this.parameters;
    if (adapter) return await adapter.load_weights(source);
    const weights = resolveModelWeights(await openWeights(source), this.config, this.head);
    await this.parts.parameters.replace(this.backend, weights);
  }

  /** Runs the model when it is called like a function. */
  _call(inputs: ModelInputs): Promise<Output> {
    return this.forward(inputs);
  }

  /**
   * Releases all memory; the model cannot be used any more. A second call does nothing. What
   * {@linkcode PreTrainedModel.on} returned releases nothing.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.parts.isView) return;
    this.parts.encoder.dispose();
    this.parts.decoder?.dispose();
    this.parts.parameters.dispose();
    if (this.parts.ownsBackend) this.parts.backend.dispose();
  }

  /** Disposes of the model at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Disposes of the model at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    this.dispose();
    return Promise.resolve();
  }

  /**
   * Runs the encoder, the decoder if there is one, and a head on the output, and reads the outputs.
   * If it fails, it leaves nothing on the backend.
   *
   * @param batch Checked ids and masks.
   * @param options Whether hidden states are kept; the callback after each layer; the signal; the
   * decoder's ids.
   * @param head Makes outputs of `[batch, rows, hidden_size]`.
   * @param rows The tokens whose rows the head reads, the decoder's if there is one; absent: all.
   * @returns The head's outputs, and the hidden states.
   */
  protected async encode<Output extends Readonly<Record<string, Floats>>>(
    batch: TokenBatch,
    options: PassOptions & DecoderIds,
    head: (lastHiddenState: Floats) => Output,
    rows?: TokenRows,
  ): Promise<Output & HiddenStates> {
    const { backend, encoder } = this.parts;
    const { lastHiddenState, hiddenStates, encoded }: Encoded & Partial<Decoded> =
      this.config.decoder
        ? await this.#decode(batch, options, rows)
        : await encoder.forward(batch, options, rows);
    const ofEncoder = encoded ? this.parts.encoderDecoder!.tensorsOf(encoded) : [];
    let tensors = [lastHiddenState, ...hiddenStates, ...ofEncoder];
    try {
      const outputs = backend.scope(() => head(lastHiddenState));
      tensors = [...Object.values(outputs), ...hiddenStates, ...ofEncoder];
      if (!tensors.includes(lastHiddenState)) lastHiddenState.dispose();
      await Promise.all(tensors.map(readResult));
      const wanted = options.output_hidden_states;
      if (!encoded) return { ...outputs, ...(wanted && { hidden_states: hiddenStates }) };
      return {
        ...outputs,
        encoder_last_hidden_state: encoded.lastHiddenState,
        ...(wanted && {
          encoder_hidden_states: encoded.hiddenStates,
          decoder_hidden_states: hiddenStates,
        }),
      };
    } catch (error) {
      tensors.forEach((tensor) => tensor.dispose());
      throw error;
    }
  }

  /** The ids of the stack whose output the head reads: the decoder's if there is one. */
  protected readLast(batch: TokenBatch, inputs: DecoderIds): TokenBatch {
    const { config, family: { decoder }, encoderDecoder } = this.parts;
    if (!decoder) return batch;
    return (inputs.decoder_input_ids ?? undefined) === undefined
      ? encoderDecoder!.shiftedIds(batch, config, decoder)
      : readDecoderInputs(inputs as ModelInputs, this.#limits, batch.batch);
  }

  #decode(batch: TokenBatch, options: PassOptions & DecoderIds, rows?: TokenRows) {
    const ids = this.readLast(batch, options);
    const { runEncoderDecoder } = this.parts.encoderDecoder!;
    return runEncoderDecoder(this.parts as EncoderDecoderParts, batch, ids, options, rows);
  }

  get #limits(): InputLimits {
    const { vocab_size, type_vocab_size, attention_window, decoder, is_decoder } = this.config;
    return {
      vocabulary: vocab_size,
      types: type_vocab_size,
      globals: attention_window !== undefined,
      decoder: decoder !== undefined,
      checkSelfExtend: is_decoder ? this.parts.checkSelfExtend : undefined,
    };
  }

  /** Checks a batch against the model's tables. */
  protected read(inputs: ModelInputs): TokenBatch {
    this.#checkAlive("run");
    return readInputs(inputs, this.#limits);
  }

  #checkAlive(attempt: string): void {
    if (!this.#disposed && !this.parts.parameters.isDisposed) return;
    throw new Error(`Cannot ${attempt} the model: it was disposed`);
  }
}
