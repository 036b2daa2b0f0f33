import { CpuBackend } from "../../cpu/backend.ts";
import type { CpuStorage } from "../../cpu/storage.ts";
import type { OperationName } from "../../ops/backend.ts";
import type { Floats } from "../../ops/operation.ts";
import type { DeviceStorage } from "../../tensor/tensor.ts";

const Narrow = globalThis.Float32Array;

/**
 * The kernels of the reference on float64: while one runs, the arrays that it makes are wider. So
 * differences of its results tell derivatives to ten digits.
 */
export class Float64Backend extends CpuBackend {
  /** A tensor with the given values, which may be those of a Float64Array. */
  override floats(values: Float32Array | Float64Array, dims: readonly number[]): Floats {
    if (values instanceof Narrow) return super.floats(values, dims);
    const tensor = super.floats(new Narrow(values), dims);
    valuesOf(tensor).set(values);
    return tensor;
  }

  protected override store(
    type: "float32" | "int32",
    dims: readonly number[],
    values?: Float32Array | Int32Array,
  ): DeviceStorage {
    const storage = super.store(type, dims, values) as CpuStorage;
    if (type === "float32" && values) storage.array = Float64Array.from(values) as never;
    return storage;
  }

  protected override storeWeight(values: Float32Array, dims: readonly number[]): DeviceStorage {
    return this.store("float32", dims, values);
  }

  protected override launch(
    name: OperationName,
    operands: unknown,
    result: unknown,
    shape: unknown,
  ): void {
    inFloat64(() => super.launch(name, operands, result, shape));
  }
}

/**
 * Runs a body whose new arrays of floats are wider.
 *
 * @param body What makes them, at once.
 * @returns What it returns.
 */
export function inFloat64<Result>(body: () => Result): Result {
  globalThis.Float32Array = Float64Array as never;
  try {
    return body();
  } finally {
    globalThis.Float32Array = Narrow;
  }
}

/** The values of a tensor of that backend, to read and to change. */
export function valuesOf({ storage }: Floats): Float64Array {
  const { array } = storage as CpuStorage;
  if ((array as unknown) instanceof Float64Array) return array as unknown as Float64Array;
  throw new TypeError("the tensor is not in float64");
}
