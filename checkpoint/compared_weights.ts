import { showName } from "../base/show_value.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import { MappedWeights } from "./mapped_weights.ts";
import type { Weights } from "./weights.ts";

/** One tensor, which is only loaded if others, which stand for the same, hold the same values. */
export class ComparedWeights extends MappedWeights {
  readonly #compare: () => Promise<void>;

  /**
   * Wraps a tensor; nothing is read yet.
   *
   * @param weights The weights that hold it and the others.
   * @param name The tensor's name.
   * @param others The others' names.
   * @param model The model's name, for messages.
   */
  constructor(weights: Weights, name: string, others: readonly string[], model: string) {
    super([[name, { weights, name }]]);
    let areSame = false;
    this.#compare = async () => {
      if (areSame) return;
      const values = await weights.load(name);
      for (const other of others) {
        const found = await weights.load(other);
        const isSame = values.length === found.length &&
          values.every((value, i) => Object.is(value, found[i]));
        weights.release?.(other, found);
        if (isSame) continue;
        throw new RangeError(
          `Cannot load ${model}: ${showName(other)} and ${showName(name)} have different values, ` +
            "wanted one table, which its encoder and its decoder share",
        );
      }
      weights.release?.(name, values);
      areSame = true;
    };
  }

  /** Loads the tensor; see {@linkcode Weights.load}. */
  override async load(name: string): Promise<Float32Array> {
    await this.#compare();
    return await super.load(name);
  }

  /** Loads the bits of the tensor; see {@linkcode Weights.loadHalves}. */
  override async loadHalves(name: string): Promise<Uint16Array | undefined> {
    await this.#compare();
    return await super.loadHalves(name);
  }

  /** Loads the integers of the tensor; see {@linkcode Weights.loadQuantized}. */
  override async loadQuantized(name: string): Promise<QuantizedWeights | undefined> {
    await this.#compare();
    return await super.loadQuantized(name);
  }
}
