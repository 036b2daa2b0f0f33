/**
 * What a part of a pass reads that was there before.
 *
 * @module
 */
import type { DeviceStorage, Tensor } from "../tensor/tensor.ts";
import { storageOf } from "./tensors_in.ts";

/** Holds the tensors that a segment reads and has not made, so that it can run again. */
export class SegmentReads {
  readonly #made = new Set<DeviceStorage>();
  readonly #held = new Set<DeviceStorage>();

  /**
   * Called with tensors that the segment makes.
   *
   * @param tensors The tensors.
   */
  made(tensors: readonly Tensor[]): void {
    for (const { storage } of tensors) if (storage) this.#made.add(storage);
  }

  /**
   * Called with tensors that the segment reads.
   *
   * @param tensors The tensors.
   */
  read(tensors: readonly Tensor[]): void {
    for (const tensor of tensors) {
      const storage = storageOf(tensor);
      if (this.#made.has(storage) || this.#held.has(storage)) continue;
      storage.retain!();
      this.#held.add(storage);
    }
  }

  /** The memory that is held; the caller releases it. */
  take(): DeviceStorage[] {
    const held = [...this.#held];
    this.#held.clear();
    return held;
  }

  /** Releases it. */
  release(): void {
    this.#held.forEach((storage) => storage.release!());
    this.#held.clear();
  }
}
