/**
 * What a tape holds.
 *
 * @module
 */
import type { OptionCheck } from "../base/check_options.ts";
import type { Operation } from "../ops/operation.ts";
import type { DeviceStorage } from "../tensor/tensor.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import type { DropoutOptions } from "./dropout_keys.ts";

/** Whether segments run again, and whether what attention reads and makes is kept. */
export type Checkpointing = boolean | "attention";

/** The check of such an option. */
export const CHECKPOINTING: OptionCheck = {
  type: ["boolean", "string"],
  wanted: 'true, false or "attention"',
  accepts: (value) => typeof value === "boolean" || value === "attention",
};

/** Options of a tape. */
export interface TapeOptions {
  /**
   * Whether a segment, a layer of a model, keeps only what it reads, and what leads to a value that a
   * gradient needs runs again on the way back: a fifth more work and a fraction of the memory, the same
   * bits. `"attention"` keeps the queries, keys, values and outputs of attention, too: a tenth more work,
   * five tensors a layer instead of one. False if absent.
   */
  readonly checkpoint?: Checkpointing;
  /** Drops values where models do so in training; absent: drops none. */
  readonly dropout?: DropoutOptions;
}

/** An operation that ran, and what its gradient will need. */
export interface OperationNode {
  readonly operation: Operation;
  readonly args: readonly unknown[];
  readonly result: unknown;
  /** Memory that is held until the gradient is computed. */
  readonly kept: readonly DeviceStorage[];
  /** Tensors that the gradient needs and that are computed again, each with its operation. */
  readonly remade: ReadonlyMap<DeviceStorage, OperationNode>;
}

/** What becomes of a call when its segment runs again. */
export interface SegmentStep {
  /** The operation. */
  readonly name: string;
  /** What the first run made, whose values may be gone. */
  readonly result: unknown;
  /** It runs, or its result is held, or nothing reads it. */
  readonly action: "run" | "held" | "skip";
}

/** A part of a pass that will run again. */
export interface SegmentNode {
  readonly body: () => ScopeResult;
  readonly result: ScopeResult;
  /** Memory that it read, and that it made and will not make again. */
  readonly kept: readonly DeviceStorage[];
  /** Tensors that it reads and that are computed again, each with its operation. */
  readonly remade: ReadonlyMap<DeviceStorage, OperationNode>;
  /** Its calls in their order. */
  readonly steps: readonly SegmentStep[];
  /** Number of its first dropout. */
  readonly site: number;
}

/** A step of the way back; `settle` is a place where other tasks ran. */
export type TapeNode = OperationNode | SegmentNode | "settle";
