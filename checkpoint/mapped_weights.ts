import type { Weights } from "./weights.ts";

/** A tensor of some weights. */
export interface WeightPlace {
  /** The weights that hold it. */
  weights: Weights;
  /** Its name there. */
  name: string;
}

/**
 * Weights under other names and from several places: each name leads to a tensor of some
 * {@linkcode Weights}.
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
  readonly #places: Map<string, WeightPlace>;

  /**
   * Takes the places as they are.
   *
   * @param places Where each name leads.
   */
  constructor(places: Iterable<[string, WeightPlace]>) {
    this.#places = new Map(places);
  }

  /**
   * Names of all tensors.
   *
   * @returns The names in the order given.
   */
  names(): string[] {
    return [...this.#places.keys()];
  }

  /**
   * Tells whether there is a tensor of a name.
   *
   * @param name The tensor's name.
   * @returns True if there is.
   */
  has(name: string): boolean {
    return this.#places.has(name);
  }

  /**
   * Dims of a tensor.
   *
   * @param name The tensor's name.
   * @returns The size of each dimension.
   * @throws {RangeError} If there is no such tensor.
   */
  dims(name: string): readonly number[] {
    const place = this.#get(name);
    return place.weights.dims(place.name);
  }

  /**
   * Loads a tensor.
   *
   * @param name The tensor's name.
   * @returns The elements in row-major order.
   * @throws {RangeError} If there is no such tensor.
   */
  // deno-lint-ignore require-await -- so that an unknown name rejects, not throws
  async load(name: string): Promise<Float32Array> {
    const place = this.#get(name);
    return place.weights.load(place.name);
  }

  #get(name: string): WeightPlace {
    const place = this.#places.get(name);
    if (place === undefined) throw new RangeError(`there is no tensor ${name}`);
    return place;
  }
}
