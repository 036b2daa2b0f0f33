import { showName } from "../base/show_value.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import type { Weights } from "./weights.ts";

/** Weights whose tensors are only loaded if others, which stand for the same, hold the same values. */
export class ComparedWeights implements Weights {
  readonly #weights: Weights;
  readonly #copies: readonly string[];
  readonly #model: string;
  readonly #same = new Set<string>();

  /**
   * Wraps weights; nothing is read yet.
   *
   * @param weights The weights.
   * @param copies Names in them of the tensors that each loaded one is compared with.
   * @param model The model's name, for messages.
   */
  constructor(weights: Weights, copies: readonly string[], model: string) {
    this.#weights = weights;
    this.#copies = copies;
    this.#model = model;
  }

  /**
   * Lists the names of all tensors.
   *
   * @returns The names.
   */
  names(): string[] {
    return this.#weights.names();
  }

  /**
   * Returns whether there is a tensor of a name.
   *
   * @param name The tensor's name.
   * @returns True if there is.
   */
  has(name: string): boolean {
    return this.#weights.has(name);
  }

  /**
   * Returns the dims of a tensor.
   *
   * @param name The tensor's name.
   * @returns The size of each dimension.
   */
  dims(name: string): readonly number[] {
    return this.#weights.dims(name);
  }

  /**
   * Loads a tensor.
   *
   * @param name The tensor's name.
   * @returns The elements in row-major order.
   * @throws {RangeError} If a copy holds other values.
   */
  async load(name: string): Promise<Float32Array> {
    await this.#compare(name);
    return await this.#weights.load(name);
  }

  /**
   * Loads the bits of a tensor in half precision.
   *
   * @param name The tensor's name.
   * @returns The bits; undefined if the tensor is of another type.
   * @throws {RangeError} If a copy holds other values.
   */
  async loadHalves(name: string): Promise<Uint16Array | undefined> {
    await this.#compare(name);
    return await this.#weights.loadHalves?.(name);
  }

  /**
   * Loads the integers of a matrix in 8 bits.
   *
   * @param name The tensor's name.
   * @returns The integers; undefined if the tensor is of floats.
   * @throws {RangeError} If a copy holds other values.
   */
  async loadQuantized(name: string): Promise<QuantizedWeights | undefined> {
    await this.#compare(name);
    return await this.#weights.loadQuantized?.(name);
  }

  /**
   * Frees the memory of a tensor's elements; see {@linkcode Weights.release}.
   *
   * @param name The tensor's name.
   * @param values The elements.
   */
  release(name: string, values: Float32Array | Uint16Array | Int8Array): void {
    this.#weights.release?.(name, values);
  }

  async #compare(name: string): Promise<void> {
    if (this.#same.has(name)) return;
    const values = await this.#weights.load(name);
    for (const copy of this.#copies) {
      const others = await this.#weights.load(copy);
      const isSame = String(this.dims(copy)) === String(this.dims(name)) &&
        values.every((value, i) => Object.is(value, others[i]));
      this.#weights.release?.(copy, others);
      if (isSame) continue;
      throw new RangeError(
        `Cannot load ${this.#model}: ${showName(copy)} and ${showName(name)} have different ` +
          "values, wanted one table, which its encoder and its decoder share",
      );
    }
    this.#weights.release?.(name, values);
    this.#same.add(name);
  }
}
