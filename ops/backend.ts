/**
 * The interface between models and the backends that run the operations.
 *
 * Calls record work and return at once; {@linkcode Tensor.getData} runs it and reads back. The
 * tensors that go in stay the caller's, those that come out belong to the innermost
 * {@linkcode Backend.scope}, or to the caller outside of one.
 *
 * @module
 */
import type { DataType } from "../tensor/data_type.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import type { Floats, Integers, Operation } from "./operation.ts";
import type * as operations from "./operations.ts";

export type { DataType } from "../tensor/data_type.ts";
export type { ActivationName } from "./activation.ts";
export type { AttendOptions } from "./attend.ts";
export type { FeatureMap, FeatureOptions } from "./attend_features.ts";
export type { Lookup } from "./embed.ts";
export type { Dense } from "./linear.ts";
export type { Floats, Integers } from "./operation.ts";
export type { SelectShape, SparseList } from "./select.ts";

/** Backends by the name that `device` takes. */
export type BackendName = "cpu" | "wasm" | "webgpu";

/** The descriptions of all operations. */
export type Operations = typeof operations;

/** The name of an operation. */
export type OperationName = keyof Operations;

/** The operations as methods. */
export type Calls = {
  [Name in OperationName]: Operations[Name] extends
    Operation<infer Call, infer _Operands, infer _Shape> ? Call : never;
};

/** The memory that a backend holds. */
export interface MemoryUse {
  /** Tensors that were made and not disposed of. */
  readonly tensors: number;
  /** Their size in bytes. */
  readonly bytes: number;
}

/** Runs the operations, which are its methods; their descriptions are in ops/. */
export interface Backend extends Calls {
  /** The name that `device` takes. */
  readonly name: BackendName;
  /** The data type in which {@linkcode Backend.weight} holds weights. */
  readonly dtype: DataType;

  /** A tensor of this backend with the given values. */
  floats(values: Float32Array, dims: readonly number[]): Floats;
  /**
   * Weights `[out, in]` or a table `[rows, w]` in the data type `dtype`. Only `linear`,
   * `feedForward` and `embed` read them; {@linkcode Tensor.getData} gives the rounded values.
   *
   * @throws {RangeError} If a value is too large for the data type, or is NaN.
   */
  weight(values: Float32Array, dims: readonly number[]): Floats;
  /** A tensor of this backend with the given values. */
  integers(values: Int32Array, dims: readonly number[]): Integers;

  /**
   * Memory for results of that size; the caller disposes of it right before they are made. So what
   * will not fit in the end fails before anything runs.
   *
   * @throws {RangeError} If there is not enough memory.
   */
  reserve(dims: readonly number[]): Floats;

  /** Runs `body` and disposes of every tensor that it made but does not return. */
  scope<Result extends ScopeResult>(body: () => Result): Result;
  /** Lets other tasks of the process run, and may run what is recorded; models call it between layers. */
  settle(): Promise<void>;
  /** The memory that the backend holds now. */
  memory(): MemoryUse;
  /** Releases all memory; the backend cannot be used any more. */
  dispose(): void;
  /** Releases all memory at the end of a `using` block. */
  [Symbol.dispose](): void;
}
