/**
 * The interface between models and the backends that run the operations.
 *
 * Calls record work and return at once; {@linkcode Tensor.getData} runs it and reads back. Operands
 * stay the caller's; results belong to the innermost {@linkcode Backend.scope}, or to the caller
 * outside of one.
 *
 * @module
 */
import type { DataType } from "../tensor/data_type.ts";
import type { QuantizedWeights } from "../tensor/quantized_layout.ts";
import type { ScopeResult } from "../tensor/tensor_scope.ts";
import type { AnyCall, Floats, Integers, Operation } from "./operation.ts";
import type * as operations from "./operations.ts";
import type * as others from "./other_operations.ts";

export type { DataType } from "../tensor/data_type.ts";
export type { QuantizedWeights } from "../tensor/quantized_layout.ts";
export type { ActivationName } from "./activation.ts";
export type { AttendOptions } from "./attend.ts";
export type { FeatureMap, FeatureOptions } from "./attend_features.ts";
export type { Lookup } from "./embed.ts";
export type { Dense } from "./linear.ts";
export type { Floats, Integers } from "./operation.ts";
export type { SelectShape, SparseList } from "./select.ts";
export type { TopScores } from "./top_scores.ts";

/** Names of the backends, as the option `device` accepts them. */
export type BackendName = "cpu" | "wasm" | "webgpu";

/** The descriptions of all operations. */
export type Operations = typeof operations & typeof others;

/** The name of an operation. */
export type OperationName = keyof Operations;

/** Operations as methods. */
export type CallsOf<Descriptions> = {
  [Name in keyof Descriptions]: Descriptions[Name] extends
    Operation<infer Call, infer _Operands, infer _Shape> ? Call : never;
};

/** The operations that are methods. */
export type Calls = CallsOf<typeof operations>;

/** All operations as methods. */
export type AllCalls = CallsOf<Operations>;

/** The memory that a backend holds. */
export interface MemoryUse {
  /** Tensors that are not disposed of. */
  readonly tensors: number;
  /** Their size in bytes. */
  readonly bytes: number;
}

/** The memory that a backend can hold. */
export interface MemoryLimits {
  /** Bytes of all tensors; Infinity where that is not known before they are made. */
  readonly bytes: number;
  /** Bytes of a tensor that an operation takes as a whole. */
  readonly tensorBytes: number;
}

/** A device that runs the operations, which are described in ops/; those of most models are methods. */
export interface Backend extends Calls {
  /** Name of the backend, as the option `device` accepts it. */
  readonly name: BackendName;
  /** The data type in which {@linkcode Backend.weight} holds weights. */
  readonly dtype: DataType;
  /** Whether {@linkcode Backend.weight} takes the bits of numbers in half precision. */
  readonly readsHalves?: boolean;

  /**
   * Runs an operation by its description; the only way for those that are not methods, as few pages
   * call them.
   *
   * @param operation Its description.
   * @param args What it takes.
   * @returns What it makes.
   */
  run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call>;

  /** A tensor of this backend with the given values. */
  floats(values: Float32Array, dims: readonly number[]): Floats;
  /**
   * Weights `[out, in]` or a table `[rows, w]` in the data type `dtype`. Only `linear`,
   * `feedForward` and `embed` read them; {@linkcode Tensor.getData} gives the rounded values.
   *
   * @param values The values; on a backend that `readsHalves` also the bits of numbers in half
   * precision, and with the data type "q8" integers that they were rounded to before.
   * @param dims The dimensions.
   * @throws {RangeError} If a value is too large for the data type, or is NaN, or integers or their
   * steps are out of range.
   * @throws {TypeError} If there are not two dimensions, integers are given and the data type is
   * another, or bits and the backend does not read them.
   */
  weight(values: Float32Array | Uint16Array | QuantizedWeights, dims: readonly number[]): Floats;
  /**
   * A tensor of the dimensions of another and held as it is: sums of gradients, moments.
   *
   * @param tensor The other.
   * @param values The values; absent: zeros.
   */
  like(tensor: Floats, values?: Float32Array): Floats;
  /**
   * A tensor whose values are not set yet, for rows that `writeRows` writes in place.
   *
   * @throws {RangeError} If there is not enough memory.
   */
  empty(dims: readonly number[]): Floats;
  /** A tensor of this backend with the given values. */
  integers(values: Int32Array, dims: readonly number[]): Integers;

  /**
   * Allocates memory for results of that shape, so that a lack of memory is found before anything
   * runs. The caller disposes of it right before the results are made.
   *
   * @throws {RangeError} If there is not enough memory.
   */
  reserve(dims: readonly number[]): Floats;

  /** Runs `body` and disposes of every tensor that it made but does not return. */
  scope<Result extends ScopeResult>(body: () => Result): Result;
  /**
   * A scope whose body may run again: a tape with checkpoints keeps what it reads, and not what it
   * makes. The body makes the same tensors each time, and changes nothing else.
   */
  segment<Result extends ScopeResult>(body: () => Result): Result;
  /** Key of the words of the next dropout, in a pass that drops values; see `dropout`. */
  dropoutKey?(): number | undefined;
  /** Draws whether a layer is dropped, with this probability, in a pass that drops values. */
  dropsLayer?(rate: number): boolean;
  /** Yields to other tasks, and may run the recorded operations; models call it between layers. */
  settle(): Promise<void>;
  /** The memory that the backend holds now. */
  memory(): MemoryUse;
  /** The memory that it can hold. */
  readonly limits: MemoryLimits;
  /** Releases all memory; the backend cannot be used afterwards. */
  dispose(): void;
  /** Releases all memory at the end of a `using` block. */
  [Symbol.dispose](): void;
}
