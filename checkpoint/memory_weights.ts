import { showName } from "../base/show_value.ts";
import type { Weights } from "./weights.ts";

/** A tensor in memory. */
export interface WeightTensor {
  /** Size of each dimension. */
  dims: readonly number[];
  /** The elements in row-major order. */
  data: Float32Array;
}

/**
 * Weights in memory.
 *
 * @example
 * ```ts
 * import { MemoryWeights } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const weights = new MemoryWeights([["bias", { dims: [2], data: new Float32Array([1, 2]) }]]);
 * assertEquals(weights.dims("bias"), [2]);
 * assertEquals(await weights.load("bias"), new Float32Array([1, 2]));
 * ```
 */
export class MemoryWeights implements Weights {
  readonly #tensors: Map<string, WeightTensor>;

  /**
   * Wraps tensors; they are not copied.
   *
   * @param tensors The tensors by name.
   * @throws {RangeError} If the number of a tensor's elements does not match its dims.
   */
  constructor(tensors: Iterable<readonly [string, WeightTensor]>) {
    this.#tensors = new Map(tensors);
    for (const [name, { dims, data }] of this.#tensors) {
      if (dims.reduce((product, size) => product * size, 1) !== data.length) {
        throw new RangeError(
          `tensor ${showName(name)}: dims [${dims}] do not match its ${data.length} elements`,
        );
      }
    }
  }

  /**
   * Lists the names of all tensors.
   *
   * @returns The names in the order given.
   */
  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /**
   * Returns whether there is a tensor of a name.
   *
   * @param name The tensor's name.
   * @returns True if there is.
   */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /**
   * Returns the dims of a tensor.
   *
   * @param name The tensor's name.
   * @returns The size of each dimension.
   * @throws {RangeError} If there is no such tensor.
   */
  dims(name: string): readonly number[] {
    return this.#get(name).dims;
  }

  /**
   * Returns the elements of a tensor.
   *
   * @param name The tensor's name.
   * @returns The elements in row-major order, not a copy.
   * @throws {RangeError} If there is no such tensor.
   */
  // deno-lint-ignore require-await -- an unknown name rejects instead of throwing
  async load(name: string): Promise<Float32Array> {
    return this.#get(name).data;
  }

  #get(name: string): WeightTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new RangeError(`there is no tensor ${showName(name)}`);
    return tensor;
  }
}
