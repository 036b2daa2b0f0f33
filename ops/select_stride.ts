/**
 * Sparse list by a stride.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/**
 * Every `factor`-th token, with a different start in each head: entry `i` of head `h` is token
 * `i·factor + (h mod factor)`. Keys and values `[b, n, w]`, mask `[b, t]` → keys and values
 * `[b, e, w]`, mask `[b, h, e]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 *
 * @example Two heads take turns
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectStride } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const tokens = backend.floats(new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]), [1, 4, 2]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 1]), [1, 4]);
 * const shape = { heads: 2, first: 0, tokens: 4, block: 4, factor: 2, chunk: 4 };
 * const { keys } = backend.run(selectStride, tokens, tokens, mask, shape);
 * assertEquals([...await keys.getData()], [1, 20, 3, 40]);
 * ```
 */
export const selectStride: SelectOperation = selectOperation("selectStride");
