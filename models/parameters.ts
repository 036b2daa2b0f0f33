/**
 * A model's weights on its backend.
 *
 * @module
 */
import type { Backend, Dense, Floats } from "../ops/backend.ts";
import { isMatrix, type Weights } from "../checkpoint/weights.ts";
import { decodeFloat16 } from "../tensor/float16.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import type { LinearAdapter, ModelAdapter } from "./adapter.ts";

/**
 * Weights by name, as tensors of one backend: `model.parameters`.
 *
 * @example The word table
 * ```ts
 * import { AutoModel } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * using model = await AutoModel.from_pretrained("ccdv/lsg-base-4096");
 * const { vocab_size, hidden_size } = model.config;
 * const words = model.parameters.get("embeddings.word_embeddings.weight");
 * assertEquals(words.dims, [vocab_size, hidden_size]);
 * const rows = await words.getData();
 * assertEquals(rows.length, vocab_size * hidden_size);
 * ```
 */
export class Parameters {
  /** Adapters of linear layers, by the layer's name in the bare model. */
  readonly adapters: Map<string, LinearAdapter> = new Map();
  /** What is trained and saved in place of the weights; it owns the adapters. */
  adapter?: ModelAdapter;
  readonly #tensors: Map<string, Floats>;
  #disposed = false;
  #isReplacing = false;

  private constructor(tensors: Map<string, Floats>) {
    this.#tensors = tensors;
  }

  /**
   * Loads all weights onto a backend, one after the other: matrices and tables in the form of its
   * `dtype`, vectors as they are.
   *
   * @param backend The backend.
   * @param weights The weights.
   * @param signal Aborts between two weights; nothing is left on the backend.
   * @returns The parameters.
   * @throws {RangeError} If a weight is infinite or NaN, as after a training that failed.
   */
  static async load(
    backend: Backend,
    weights: Weights,
    signal?: AbortSignal,
  ): Promise<Parameters> {
    const tensors = new Map<string, Floats>();
    try {
      for await (const [name, read] of readAll(backend, weights, signal)) {
        tensors.set(name, upload(backend, weights, name, read));
      }
    } catch (error) {
      tensors.forEach((tensor) => tensor.dispose());
      throw error;
    }
    return new Parameters(tensors);
  }

  /**
   * One weight.
   *
   * @param name Its name in the bare model, such as `embeddings.word_embeddings.weight`.
   * @returns The tensor.
   * @throws {RangeError} If the model has no such weight.
   * @throws {Error} If the parameters were disposed of during a pass.
   */
  get(name: string): Floats {
    const tensor = this.#tensors.get(name);
    if (tensor) return tensor;
    if (this.#disposed) {
      throw new Error("Cannot finish: the model was disposed while it was running");
    }
    throw new RangeError(`The model has no weight named ${name}`);
  }

  /**
   * The weights of a linear layer or a layer norm.
   *
   * @param name The layer's name.
   * @param hasBias Whether it has a bias.
   * @returns `name.weight` and `name.bias`.
   * @throws {RangeError} If the model lacks one of them.
   */
  pair(name: string, hasBias = true): Dense {
    const weight = this.get(`${name}.weight`);
    return hasBias ? { weight, bias: this.get(`${name}.bias`) } : { weight };
  }

  /**
   * Tells whether there is a weight.
   *
   * @param name Its name in the bare model.
   * @returns True if there is.
   */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /**
   * Replaces a weight by another tensor.
   *
   * @param name Its name in the bare model.
   * @param tensor A tensor of the same shape, which is disposed of with the others from now on.
   * @returns The old one, which is the caller's.
   */
  exchange(name: string, tensor: Floats): Floats {
    const old = this.get(name);
    this.#tensors.set(name, tensor);
    return old;
  }

  /** All weights with their names in the bare model. */
  entries(): IterableIterator<[string, Floats]> {
    return this.#tensors.entries();
  }

  /**
   * Replaces all weights, one after the other; the old ones are disposed of. If that fails on the way,
   * because a weight cannot be read, say, all are disposed of.
   *
   * @param backend Their backend.
   * @param weights Weights of the same names.
   * @throws {RangeError} If the names differ, or a weight is infinite or NaN.
   * @throws {Error} If they were disposed of, also meanwhile, or another call replaces them.
   */
  async replace(backend: Backend, weights: Weights): Promise<void> {
    this.#assertThere();
    if (this.#isReplacing) {
      throw new Error("Cannot load weights while another call does: await that first");
    }
    const names = weights.names();
    const other = names.find((name) => !this.#tensors.has(name)) ??
      [...this.#tensors.keys()].find((name) => !weights.has(name));
    if (other !== undefined) {
      throw new RangeError(`Cannot replace weights: only one of the models has ${other}`);
    }
    this.#isReplacing = true;
    try {
      for await (const [name, read] of readAll(backend, weights)) {
        this.#assertThere();
        const tensor = upload(backend, weights, name, read);
        this.#tensors.get(name)?.dispose();
        this.#tensors.set(name, tensor);
      }
    } catch (error) {
      this.dispose(); // a mixture of two models
      throw error;
    } finally {
      this.#isReplacing = false;
    }
  }

  #assertThere(): void {
    if (!this.#disposed) return;
    throw new Error("Cannot load weights: the model was disposed while they were read");
  }

  /** Whether they were disposed of. */
  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Disposes of all weights. */
  dispose(): void {
    this.adapter?.dispose();
    this.#tensors.forEach((tensor) => tensor.dispose());
    this.#tensors.clear();
    this.#disposed = true;
  }
}

/** A weight as it was read: floats, in half precision their bits, or integers and their steps. */
type Read = Float32Array | Uint16Array | QuantizedWeights;

/** Reads all weights, each while the one before it is uploaded. */
async function* readAll(
  backend: Backend,
  weights: Weights,
  signal?: AbortSignal,
): AsyncGenerator<[name: string, read: Read]> {
  const names = weights.names();
  const start = (i: number): Promise<Read> | undefined => {
    if (i === names.length) return undefined;
    const reading = readOne(backend, weights, names[i]);
    reading.catch(() => {}); // thrown below, unless the one before fails
    return reading;
  };
  let next = start(0);
  for (const [i, name] of names.entries()) {
    const read = await next!;
    signal?.throwIfAborted();
    next = start(i + 1);
    yield [name, read];
  }
}

async function readOne(backend: Backend, weights: Weights, name: string): Promise<Read> {
  const { dtype, readsHalves } = backend;
  const held = isMatrix(name, weights.dims(name))
    ? dtype === "q8" && await weights.loadQuantized?.(name) ||
      readsHalves && await weights.loadHalves?.(name)
    : undefined;
  return held || await weights.load(name);
}

function upload(backend: Backend, weights: Weights, name: string, read: Read): Floats {
  const dims = weights.dims(name);
  const values = "steps" in read ? read.values : read;
  if (!(values instanceof Int8Array)) checkFinite("load", name, values);
  const tensor = isMatrix(name, dims)
    ? backend.weight(read, dims)
    : backend.floats(read as Float32Array, dims);
  if (backend.name !== "cpu") weights.release?.(name, values); // the reference keeps them
  return tensor;
}

/** Two numbers at a time: infinite ones and NaN have an exponent of ones, one more is the sign. */
function isFiniteHalves(bits: Uint16Array): boolean {
  const pairs = new Int32Array(bits.buffer, bits.byteOffset, bits.length >> 1);
  let found = (bits[bits.length - 1] & 0x7c00) + 0x0400; // of an odd number the last one
  for (let i = 0; i < pairs.length; i++) found |= (pairs[i] & 0x7c007c00) + 0x04000400;
  return (found & 0x80008000) === 0;
}

/**
 * Asserts that all values of a weight are finite.
 *
 * @param attempt What is done with it, for the message.
 * @param name Its name.
 * @param values Its values, or their bits in half precision.
 * @throws {RangeError} If one is infinite or NaN.
 */
export function checkFinite(
  attempt: "load" | "save",
  name: string,
  values: Float32Array | Uint16Array,
): void {
  if (values instanceof Uint16Array) {
    if (isFiniteHalves(values)) return;
    values = decodeFloat16(values);
  }
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  // Infinite numbers and NaN have an exponent of ones: one more of it reaches the sign.
  let found = 0;
  for (let i = 0; i < bits.length; i++) found |= (bits[i] & 0x7f800000) + 0x00800000;
  if (found >= 0) return;
  const index = values.findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `Cannot ${attempt} weight ${name}: it is ${values[index]} at index ${index}, wanted finite ` +
      "numbers",
  );
}
