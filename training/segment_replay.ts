/**
 * The second run of a part of a pass.
 *
 * @module
 */
import type { Operation } from "../ops/operation.ts";
import { HeldStorage } from "../tensor/held_storage.ts";
import { type DeviceStorage, Tensor } from "../tensor/tensor.ts";
import type { SegmentStep } from "./tape_node.ts";
import { replaceTensors } from "./tensors_in.ts";

/** The memory of a tensor that is not computed: nothing reads it. */
class AbsentStorage extends HeldStorage implements DeviceStorage {
  read(): Promise<never> {
    return Promise.reject(
      new Error("Cannot read a tensor of a segment: it was not computed again"),
    );
  }

  protected free(): void {}
}

/** Gives each call of a segment that runs again what became of it. */
export class SegmentReplay {
  readonly #steps: readonly SegmentStep[];
  readonly #remade: ReadonlyMap<DeviceStorage, Tensor>;
  #next = 0;

  /**
   * Starts.
   *
   * @param steps What becomes of each call.
   * @param remade Tensors that the segment reads and that were not held, by their memory.
   */
  constructor(steps: readonly SegmentStep[], remade: ReadonlyMap<DeviceStorage, Tensor>) {
    this.#steps = steps;
    this.#remade = remade;
  }

  /**
   * The result of the next call.
   *
   * @param operation The operation.
   * @param args Its arguments.
   * @param run Computes it, of arguments that are there.
   * @returns Its result, or tensors in its place that nothing reads.
   * @throws {Error} If the first run had another call there.
   */
  call(
    { name }: Operation,
    args: readonly unknown[],
    run: (args: readonly unknown[]) => unknown,
  ): unknown {
    const step = this.#steps[this.#next++];
    if (step?.name !== name) {
      throw new Error(
        `Cannot go back: a segment that runs again calls ${name}, at first ${
          step?.name ?? "nothing"
        }`,
      );
    }
    if (step.action === "run") {
      return run(
        replaceTensors(args, (tensor) => {
          const again = tensor.storage && this.#remade.get(tensor.storage);
          return again ? again.reshape(tensor.dims) : tensor;
        }) as readonly unknown[],
      );
    }
    return replaceTensors(step.result, ({ type, storage, dims }) => {
      const memory = step.action === "held" ? storage! : new AbsentStorage();
      return new Tensor(type, memory as DeviceStorage, dims);
    });
  }
}
