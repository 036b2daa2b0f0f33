/**
 * Matrix products of tensors on the host.
 *
 * @module
 */
import { Tensor } from "./tensor.ts";
import { sizeOf } from "./tensor_shapes.ts";

/**
 * Multiplies matrices, or as many pairs of them as the outer dimensions hold, in 64-bit arithmetic.
 *
 * As in NumPy and transformers.js, outer dimensions of length 1, or that one tensor lacks, are
 * repeated; a tensor of one dimension is a row on the left, a column on the right. It is meant for
 * results, such as the similarities of embeddings; models multiply on their backend.
 *
 * @param a Floats, `[…, rows, inner]`; read if they are still on a backend.
 * @param b Floats, `[…, inner, columns]`.
 * @returns The products, `[…, rows, columns]`.
 * @throws {TypeError} If the values are not floats.
 * @throws {RangeError} If the shapes do not fit.
 *
 * @example
 * ```ts
 * import { matmul, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const a = new Tensor("float32", [1, 2, 3, 4], [2, 2]);
 * assertEquals((await matmul(a, a)).tolist(), [[7, 10], [15, 22]]);
 * ```
 */
export async function matmul(
  a: Tensor<"float32">,
  b: Tensor<"float32">,
): Promise<Tensor<"float32">> {
  for (const tensor of [a, b]) {
    if (!(tensor instanceof Tensor) || tensor.type !== "float32") {
      throw new TypeError(
        `Cannot multiply ${
          tensor instanceof Tensor ? `a tensor of ${tensor.type}` : "what is not a tensor"
        }: wanted tensors of float32`,
      );
    }
  }
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [rows, inner] = left.slice(-2);
  const columns = right.at(-1)!;
  const outer = broadcast(left.slice(0, -2), right.slice(0, -2));
  if (inner === undefined || right.at(-2) !== inner || outer === undefined) {
    throw new RangeError(
      `Cannot multiply [${a.dims}] by [${b.dims}]: wanted […, rows, inner] and […, inner, columns]`,
    );
  }
  const [x, y] = [await a.getData(), await b.getData()];
  const values = new Float32Array(sizeOf(outer) * rows * columns);
  const sums = new Float64Array(columns);
  for (let pair = 0; pair < sizeOf(outer); pair++) {
    const from = matrixAt(pair, outer, left.slice(0, -2)) * rows * inner;
    const by = matrixAt(pair, outer, right.slice(0, -2)) * inner * columns;
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      for (let i = 0; i < inner; i++) {
        const factor = x[from + row * inner + i];
        for (let j = 0; j < columns; j++) sums[j] += factor * y[by + i * columns + j];
      }
      values.set(sums, (pair * rows + row) * columns);
    }
  }
  const ends = [...a.dims.length === 1 ? [] : [rows], ...b.dims.length === 1 ? [] : [columns]];
  return new Tensor("float32", values, [...outer, ...ends]);
}

/** The outer dimensions of both, or undefined if they do not fit. */
function broadcast(a: readonly number[], b: readonly number[]): number[] | undefined {
  const count = Math.max(a.length, b.length);
  const dims = Array.from({ length: count }, (_, i) => {
    const [m, n] = [a[i - count + a.length] ?? 1, b[i - count + b.length] ?? 1];
    return m === n || n === 1 ? m : m === 1 ? n : -1;
  });
  return dims.includes(-1) ? undefined : dims;
}

/** The matrix of one operand that belongs to a pair. */
function matrixAt(pair: number, outer: readonly number[], own: readonly number[]): number {
  let [at, stride] = [0, 1];
  for (let i = 1; i <= own.length; i++) {
    const length = outer.at(-i)!;
    if (own.at(-i) !== 1) at += (pair % length) * stride;
    stride *= own.at(-i)!;
    pair = Math.floor(pair / length);
  }
  return at;
}
