/**
 * Sums of the gradients by each tensor.
 *
 * @module
 */
import type { Backend, Floats } from "../ops/backend.ts";
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";

/** The gradients by the results of an operation. */
interface Upstream {
  /** As {@linkcode GradientContext.upstream} has them. */
  readonly gradient: unknown;
  /** Gives their memory back. */
  readonly release: () => void;
}

/**
 * The gradients by tensors, found by their memory: a reshaped tensor is the same one. Several of one
 * tensor are added.
 */
export class GradientSums {
  readonly #backend: Backend;
  readonly #sums = new Map<DeviceStorage, Floats>();
  /** The memory of sums that nothing else uses: gradients may be added to them in place. */
  readonly #own = new WeakSet<DeviceStorage>();

  /**
   * Starts without gradients.
   *
   * @param backend The backend that adds them.
   */
  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /**
   * The gradient by a tensor.
   *
   * @param tensor The tensor.
   * @returns The sum in its shape, or undefined if there is none.
   */
  get(tensor: Floats): Floats | undefined {
    return this.#sums.get(tensor.storage!)?.reshape(tensor.dims);
  }

  /**
   * A tensor to add gradients to in place; {@linkcode add} is called with it then.
   *
   * @param tensor The tensor of the gradients.
   * @returns Their sum so far, or zeros.
   */
  sumOf(tensor: Floats): Floats {
    const old = this.#sums.get(tensor.storage!);
    if (old && this.#own.has(old.storage!)) return old.reshape(tensor.dims);
    const sum = this.#backend.like(tensor);
    this.#own.add(sum.storage!);
    if (old) return sum; // of others: to be added later
    sum.storage!.retain?.();
    this.#sums.set(tensor.storage!, sum);
    return sum;
  }

  /**
   * Adds a gradient; it may be a tensor that others use, too.
   *
   * @param tensor The tensor.
   * @param gradient As many values.
   */
  add({ storage, dims }: Floats, gradient: Floats): void {
    const old = this.#sums.get(storage!);
    if (old && old.storage === gradient.storage && this.#own.has(old.storage!)) return;
    let sum = gradient.reshape(dims);
    if (old) {
      const row = [1, gradient.size];
      sum = this.#backend.add(old.reshape(row), gradient.reshape(row)).reshape(dims);
      this.#own.add(sum.storage!);
    }
    sum.storage?.retain?.();
    if (old) release(old);
    this.#sums.set(storage!, sum);
  }

  /**
   * Takes the gradients by the results of an operation out.
   *
   * @param result A tensor, or several by name.
   * @returns Them, or undefined if there are none.
   */
  take(result: unknown): Upstream | undefined {
    const taken: Floats[] = [];
    const takeOne = (tensor: Tensor): Floats | undefined => {
      const sum = tensor.storage && this.#sums.get(tensor.storage);
      if (!sum) return undefined;
      this.#sums.delete(tensor.storage!);
      this.#own.delete(sum.storage!); // it may become a gradient of several others
      taken.push(sum);
      return sum.reshape(tensor.dims);
    };
    const gradient = result instanceof Tensor ? takeOne(result) : Object.fromEntries(
      Object.entries(result as Record<string, Tensor>).map(([name, tensor]) => [
        name,
        takeOne(tensor),
      ]),
    );
    if (taken.length === 0) return undefined;
    return { gradient, release: () => taken.forEach(release) };
  }

  /**
   * Gives gradients back.
   *
   * @param isUnwanted Tells which, by the memory of their tensors.
   */
  drop(isUnwanted: (storage: DeviceStorage) => boolean): void {
    for (const [storage, sum] of this.#sums) {
      if (!isUnwanted(storage)) continue;
      release(sum);
      this.#sums.delete(storage);
    }
  }
}

function release({ storage }: Floats): void {
  storage?.release?.();
}
