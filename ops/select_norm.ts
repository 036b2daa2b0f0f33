/**
 * Sparse list by key norm.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/**
 * The `chunk / factor` tokens of each chunk with the longest keys, in the order of the tokens: keys
 * and values `[b, n, w]`, mask `[b, t]` → keys and values `[b, e, w]`, mask `[b, h, e]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 *
 * @example The longer key of each pair, and its value
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectNorm } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const keys = backend.floats(new Float32Array([1, -3, 2, 0]), [1, 4, 1]);
 * const values = backend.floats(new Float32Array([10, 20, 30, 40]), [1, 4, 1]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 1]), [1, 4]);
 * const shape = { heads: 1, first: 0, tokens: 4, block: 2, factor: 2, chunk: 2 };
 * const list = backend.run(selectNorm, keys, values, mask, shape);
 * assertEquals([...await list.keys.getData()], [-3, 2]);
 * assertEquals([...await list.values.getData()], [20, 30]);
 * ```
 */
export const selectNorm: SelectOperation = selectOperation("selectNorm");
