/**
 * What a tape holds.
 *
 * @module
 */
import type { Operation } from "../ops/operation.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";

/** An operation that ran, and what its gradient will need; or a place where other tasks ran. */
export interface TapeNode {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  readonly result: unknown;
  /** Memory that is held until the gradient is computed. */
  readonly kept: readonly DeviceStorage[];
}
