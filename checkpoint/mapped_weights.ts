import { showName } from "../base/show_value.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import type { Weights } from "./weights.ts";

/** A reference to a tensor of some weights. */
export interface WeightReference {
  /** The weights that hold it. */
  weights: Weights;
  /** The tensor's name in these weights. */
  name: string;
}

/**
 * Weights that refer to tensors of other {@linkcode Weights}, each under a name of its own.
 *
 * @example
 * ```ts
 * import { MappedWeights, MemoryWeights } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new MemoryWeights([["old", { dims: [1], data: new Float32Array([3]) }]]);
 * const weights = new MappedWeights([["new", { weights: file, name: "old" }]]);
 * assertEquals(await weights.load("new"), new Float32Array([3]));
 * ```
 */
export class MappedWeights implements Weights {
  readonly #references: Map<string, WeightReference>;

  /**
   * Maps names to tensors.
   *
   * @param references The tensor of each name.
   */
  constructor(references: Iterable<[string, WeightReference]>) {
    this.#references = new Map(references);
  }

  /**
   * Lists the names of all tensors.
   *
   * @returns The names in the order given.
   */
  names(): string[] {
    return [...this.#references.keys()];
  }

  /**
   * Returns whether there is a tensor of a name.
   *
   * @param name The tensor's name.
   * @returns True if there is.
   */
  has(name: string): boolean {
    return this.#references.has(name);
  }

  /**
   * Returns the dims of a tensor.
   *
   * @param name The tensor's name.
   * @returns The size of each dimension.
   * @throws {RangeError} If there is no such tensor.
   */
  dims(name: string): readonly number[] {
    const reference = this.#get(name);
    return reference.weights.dims(reference.name);
  }

  /**
   * Loads a tensor.
   *
   * @param name The tensor's name.
   * @returns The elements in row-major order.
   * @throws {RangeError} If there is no such tensor.
   */
  // deno-lint-ignore require-await -- an unknown name rejects instead of throwing
  async load(name: string): Promise<Float32Array> {
    const reference = this.#get(name);
    return reference.weights.load(reference.name);
  }

  /**
   * Loads the bits of a tensor in half precision.
   *
   * @param name The tensor's name.
   * @returns The bits; undefined if the tensor is of another type.
   * @throws {RangeError} If there is no such tensor.
   */
  async loadHalves(name: string): Promise<Uint16Array | undefined> {
    const reference = this.#get(name);
    return await reference.weights.loadHalves?.(reference.name);
  }

  /**
   * Loads the integers of a matrix in 8 bits.
   *
   * @param name The tensor's name.
   * @returns The integers; undefined if the tensor is of floats.
   * @throws {RangeError} If there is no such tensor.
   */
  async loadQuantized(name: string): Promise<QuantizedWeights | undefined> {
    const reference = this.#get(name);
    return await reference.weights.loadQuantized?.(reference.name);
  }

  /**
   * Frees the memory of a tensor's elements; see {@linkcode Weights.release}.
   *
   * @param name The tensor's name.
   * @param values The elements.
   */
  release(name: string, values: Float32Array | Uint16Array | Int8Array): void {
    const reference = this.#get(name);
    reference.weights.release?.(reference.name, values);
  }

  #get(name: string): WeightReference {
    const reference = this.#references.get(name);
    if (reference === undefined) throw new RangeError(`there is no tensor ${showName(name)}`);
    return reference;
  }
}
