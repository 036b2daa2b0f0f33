/**
 * What a tape is made with, and what it holds.
 *
 * @module
 */
import type { Operation } from "../ops/operation.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";

/** Options of a tape. */
export interface TapeOptions {
  /**
   * Whether weights are held as plain floats, which an optimizer can change on every backend; packed
   * weights of `wasm` cannot change yet. They take twice the memory there. False if absent.
   */
  readonly plainWeights?: boolean;
}

/** An operation that ran, and what its gradient will need; or a place where other tasks ran. */
export interface TapeNode {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  readonly result: unknown;
  /** Memory that is held until the gradient is computed. */
  readonly kept: readonly DeviceStorage[];
}
