import { Tensor, type TensorArrays, type TensorType } from "./tensor.ts";

/**
 * A tensor `[rows, width]` on the host whose rows are tensors, too, as in transformers.js:
 * `outputs[0]` is the first row, and its `data` a part of the whole `data`.
 *
 * @example
 * ```ts
 * import { RowTensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const outputs = new RowTensor("int64", new BigInt64Array([2n, 7n, 2n, 8n]), [2, 2]);
 * assertEquals(outputs[1].tolist(), [2n, 8n]);
 * assertEquals(Array.from(outputs, (row) => row.dims), [[2], [2]]);
 * ```
 */
export class RowTensor<Type extends TensorType = TensorType> extends Tensor<Type> {
  /** `[width]`: a row. */
  readonly [row: number]: Tensor<Type>;

  /**
   * Makes the tensor.
   *
   * @param type Type of the values.
   * @param data The values, row-major; not copied.
   * @param dims Number of rows, and their width.
   * @throws {TypeError} If `data` does not match `type`.
   * @throws {RangeError} If the dimensions do not fit the data.
   */
  constructor(type: Type, data: TensorArrays[Type], dims: readonly [number, number]) {
    super(type, data, dims);
    const [rows, width] = dims;
    for (let row = 0; row < rows; row++) {
      const part = data.subarray(row * width, (row + 1) * width) as TensorArrays[Type];
      (this as { [row: number]: Tensor<Type> })[row] = new Tensor<Type>(type, part, [width]);
    }
  }

  /** The rows. */
  *[Symbol.iterator](): IterableIterator<Tensor<Type>> {
    for (let row = 0; row < this.dims[0]; row++) yield this[row];
  }
}
