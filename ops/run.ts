/**
 * Runs operations the same way on all backends: checks a call, binds its operands, allocates its
 * result, launches its kernel.
 *
 * @module
 */
import type { DataType } from "../tensor/data_type.ts";
import { quantizedFault, type QuantizedWeights } from "../tensor/quantized_layout.ts";
import { StoredTensor } from "../tensor/stored_tensor.ts";
import type { DeviceStorage, Tensor, TensorArrays } from "../tensor/tensor.ts";
import { type ScopeResult, TensorScopes } from "../tensor/tensor_scope.ts";
import type {
  Backend,
  BackendName,
  Calls,
  MemoryLimits,
  MemoryUse,
  OperationName,
  Operations,
} from "./backend.ts";
import {
  type AnyCall,
  type Bound,
  type Floats,
  type HeldForm,
  type Integers,
  Operand,
  type Operation,
  type Outline,
  type Roles,
} from "./operation.ts";

/** The operands of an operation as the kernels of a backend receive them. */
export type OperandsOf<Name extends OperationName, Meaning extends Roles> = Bound<
  ReturnType<Operations[Name]["plan"]>["operands"],
  Meaning
>;

/** The results of an operation as the kernels of a backend receive them. */
export type ResultOf<Name extends OperationName, Meaning extends Roles> = Bound<
  ReturnType<Operations[Name]["plan"]>["result"],
  Meaning
>;

/** The sizes and settings of an operation. */
export type ShapeOf<Name extends OperationName> = ReturnType<Operations[Name]["plan"]>["shape"];

/** The type of a tensor's values on a backend. */
export type Stored = "float32" | "int32";

/**
 * Runs operations by kernels, which a subclass provides; {@linkcode defineOperations} gives it their
 * methods.
 *
 * @example Listing what is run
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { type OperationName, OperationRunner } from "@lsg/core/ops";
 * import { assert, assertEquals } from "@std/assert";
 *
 * class ListingBackend extends CpuBackend {
 *   readonly names: string[] = [];
 *
 *   protected override launch(name: OperationName, ...rest: [unknown, unknown, unknown]): void {
 *     this.names.push(name);
 *     super.launch(name, ...rest);
 *   }
 * }
 *
 * using backend = new ListingBackend();
 * assert(backend instanceof OperationRunner);
 * const x = backend.floats(new Float32Array([1, 2]), [1, 2]);
 * const y = backend.activation(backend.multiply(x, x), "relu");
 * assertEquals([...await y.getData()], [1, 4]);
 * assertEquals(backend.names, ["multiply", "activation"]);
 * ```
 */
export abstract class OperationRunner implements Omit<Backend, keyof Calls> {
  /** Name of the backend, as the option `device` accepts it. */
  abstract readonly name: BackendName;
  /** The data type of weights. */
  abstract readonly dtype: DataType;
  /** Whether `weight` takes the bits of numbers in half precision. */
  readonly readsHalves?: boolean;
  readonly #scopes = new TensorScopes();

  /**
   * A tensor of this backend with the given values.
   *
   * @param values The values, row-major.
   * @param dims Length of each dimension.
   * @returns The tensor.
   * @throws {TypeError} If the values are not a Float32Array.
   * @throws {RangeError} If the dimensions do not fit the values, or there is not enough memory.
   */
  floats(values: Float32Array, dims: readonly number[]): Floats {
    return this.#upload("float32", values, dims);
  }

  /**
   * A tensor of this backend with the given values, which are copied.
   *
   * @param values The values, row-major.
   * @param dims Length of each dimension.
   * @returns The tensor.
   * @throws {TypeError} If the values are not an Int32Array.
   * @throws {RangeError} If the dimensions do not fit the values, or there is not enough memory.
   */
  integers(values: Int32Array, dims: readonly number[]): Integers {
    return this.#upload("int32", values, dims);
  }

  /**
   * Weights `[out, in]` or a table `[rows, w]` in the data type of this backend.
   *
   * @param values The values, row-major; see {@linkcode Backend.weight} for others than floats.
   * @param dims The two dimensions.
   * @returns The tensor.
   * @throws {TypeError} If there are not two dimensions, or the backend does not hold such values.
   * @throws {RangeError} If the dimensions do not fit the values, a value is out of range for the
   * data type, or there is not enough memory.
   */
  weight(values: Float32Array | Uint16Array | QuantizedWeights, dims: readonly number[]): Floats {
    if (dims.length !== 2) {
      throw new TypeError(`Cannot hold weights [${dims}]: wanted two dimensions`);
    }
    if ("steps" in values) checkIntegers(this.dtype, values, dims);
    else if (!this.readsHalves || !(values instanceof Uint16Array)) {
      checkValues("float32", values as Float32Array, dims);
    }
    return this.#track("float32", this.storeWeight(values, dims), dims);
  }

  /** A tensor of zeros or of the given values, of the dimensions of another and held as it is. */
  like(tensor: Floats, values?: Float32Array): Floats {
    if (values) checkValues("float32", values, tensor.dims);
    return this.#track("float32", this.storeLike(tensor, values), tensor.dims);
  }

  /** A tensor whose values are not set yet, for rows that are written in place. */
  empty(dims: readonly number[]): Floats {
    return this.#make("float32", dims);
  }

  /** Memory for results that come later. */
  reserve(dims: readonly number[]): Floats {
    return this.empty(dims);
  }

  /** Runs `body` and disposes of every tensor that it made but does not return. */
  scope<Result extends ScopeResult>(body: () => Result): Result {
    return this.#scopes.run(body);
  }

  /** A scope: what a body made stays until its tensors are disposed of. */
  segment<Result extends ScopeResult>(body: () => Result): Result {
    return this.scope(body);
  }

  /** Lets other tasks run, and may run what is recorded. */
  abstract settle(): Promise<void>;
  /** The memory that the backend holds now. */
  abstract memory(): MemoryUse;

  /** The memory that the backend can hold. */
  get limits(): MemoryLimits {
    return { bytes: Infinity, tensorBytes: Infinity };
  }

  /** Releases all memory; the backend cannot be used any more. */
  abstract dispose(): void;

  /** Releases all memory at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Runs an operation; the method of its name calls this.
   *
   * @param operation Its description.
   * @param args The method's arguments.
   * @returns The method's result.
   */
  run<Call extends AnyCall>(
    operation: Operation<Call>,
    ...args: Parameters<Call>
  ): ReturnType<Call> {
    const { operands, shape, result } = operation.plan(...args);
    let made: unknown;
    // If a later step fails, the scope disposes of the result and drops the recorded kernels.
    this.scope(() => {
      const bound = convert(operands, isOperand, (operand) => {
        const value = this.bind(operand);
        if (operand.role === "target" || operand.role === "changed") operand.tensor.markWritten();
        return value;
      });
      made = isTensor(result)
        ? result
        : convert(result, isOutline, ({ type, dims, held }) => this.#make(type, dims, held));
      const target = convert(made, isTensor, (tensor) => this.bind(new Operand("result", tensor)));
      this.launch(operation.name as OperationName, bound, target, shape);
      return made === undefined ? [] : made as ScopeResult;
    });
    return made as ReturnType<Call>;
  }

  /**
   * Allocates memory for a tensor, and writes its values if given.
   *
   * @throws {RangeError} If this backend does not hold floats as they should be.
   */
  protected abstract store(
    type: Stored,
    dims: readonly number[],
    values?: TensorArrays[Stored],
    held?: HeldForm,
  ): DeviceStorage;

  /** Makes a tensor of a storage. */
  protected abstract tensor<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type>;

  /** Stores weights in the data type of this backend. */
  protected abstract storeWeight(
    values: Float32Array | Uint16Array | QuantizedWeights,
    dims: readonly number[],
  ): DeviceStorage;

  /** Stores zeros or values as those of a tensor are. */
  protected storeLike({ dims, size }: Floats, values?: Float32Array): DeviceStorage {
    return this.store("float32", dims, values ?? new Float32Array(size));
  }

  /**
   * Converts an operand to what kernels receive for its role.
   *
   * @throws {TypeError} If the tensor belongs to another backend.
   */
  protected abstract bind(operand: Operand): unknown;

  /** Runs or records the kernel of an operation. */
  protected abstract launch(
    name: OperationName,
    operands: unknown,
    result: unknown,
    shape: unknown,
  ): void;

  #make<Type extends Stored>(
    type: Type,
    dims: readonly number[],
    held?: HeldForm,
  ): Tensor<Type> {
    return this.#track(type, this.store(type, dims, undefined, held), dims);
  }

  #upload<Type extends Stored>(
    type: Type,
    values: TensorArrays[Type],
    dims: readonly number[],
  ): Tensor<Type> {
    checkValues(type, values, dims);
    return this.#track(type, this.store(type, dims, values), dims);
  }

  #track<Type extends Stored>(
    type: Type,
    storage: DeviceStorage,
    dims: readonly number[],
  ): Tensor<Type> {
    const tensor = this.tensor(type, storage, dims);
    this.#scopes.track(tensor);
    return tensor;
  }
}

/**
 * Defines operations as methods, unless they are: each one runs its description.
 *
 * @param target A backend, or the prototype of backends.
 * @param operations The operations.
 *
 * @example A backend with a method of one's own
 * ```ts
 * import { CpuRunner } from "@lsg/core/cpu";
 * import { defineOperations, type Floats, floats, type Operation, rows } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const square: Operation<(x: Floats) => Floats> = {
 *   name: "square",
 *   plan: (x) => ({ operands: { x: rows(x) }, shape: {}, result: floats(x.dims) }),
 * };
 * const kernel = ({ x }: { x: Float32Array }) => x.map((value) => value ** 2);
 *
 * class SquaringBackend extends CpuRunner {
 *   declare square: (x: Floats) => Floats;
 * }
 * defineOperations(SquaringBackend.prototype, { square });
 *
 * using backend = new SquaringBackend({ square: kernel });
 * const x = backend.floats(new Float32Array([1, 2, 3]), [3]);
 * assertEquals([...await backend.square(x).getData()], [1, 4, 9]);
 * ```
 */
export function defineOperations(
  target: OperationRunner,
  operations: Readonly<Record<string, Operation>>,
): void {
  for (const operation of Object.values(operations)) {
    if (operation.name in target) continue;
    Object.defineProperty(target, operation.name, {
      value(this: OperationRunner, ...args: unknown[]) {
        return this.run(operation, ...args);
      },
      writable: true,
      configurable: true,
    });
  }
}

const isOperand = (value: unknown): value is Operand => value instanceof Operand;
const isTensor = (value: unknown): value is Tensor => value instanceof StoredTensor;
const isOutline = (value: unknown): value is Outline =>
  typeof value === "object" && value !== null && "dims" in value;

/** Replaces the values that are found in nested lists and objects, and keeps the rest. */
function convert<Found>(
  value: unknown,
  isFound: (value: unknown) => value is Found,
  replace: (found: Found) => unknown,
): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isFound(value)) return replace(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, isFound, replace));
  // A loop: a short pass is mostly calls like this one, and Object.fromEntries is much slower.
  const converted: Record<string, unknown> = {};
  for (const key in value) {
    converted[key] = convert((value as Record<string, unknown>)[key], isFound, replace);
  }
  return converted;
}

/** Checks integers and their steps before memory is allocated. */
function checkIntegers(
  dtype: DataType,
  values: QuantizedWeights,
  dims: readonly number[],
): void {
  if (dtype !== "q8") {
    throw new TypeError(`Cannot hold integers as weights with dtype "${dtype}": wanted "q8"`);
  }
  const fault = quantizedFault(values, dims);
  if (fault) throw new RangeError(`Cannot hold integers as weights [${dims}]: got ${fault}`);
}

/** Checks type and size before memory is allocated; a tensor of the host may be made of a list. */
function checkValues<Type extends Stored>(
  type: Type,
  values: TensorArrays[Type],
  dims: readonly number[],
): void {
  if (Array.isArray(values)) {
    throw new TypeError(`Cannot make a ${type} tensor from a Array: wanted a typed array`);
  }
  new StoredTensor<Type>(type, values, dims);
}
