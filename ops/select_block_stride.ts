/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/**
 * A contiguous part of each block, a different one in each head: of each block, entry `i` of head
 * `h` is its token `(h·r + i) mod block`, `r = block / factor`. Keys and values `[b, n, w]`, mask
 * `[b, t]` → keys and values `[b, e, w]`, mask `[b, h, e]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 *
 * @example Head 0 takes the first half of a block, head 1 the second
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectBlockStride } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const tokens = backend.floats(new Float32Array([1, 10, 2, 20, 3, 30, 4, 40]), [1, 4, 2]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 1]), [1, 4]);
 * const shape = { heads: 2, first: 0, tokens: 4, block: 4, factor: 2, chunk: 4 };
 * const { keys } = backend.run(selectBlockStride, tokens, tokens, mask, shape);
 * assertEquals([...await keys.getData()], [1, 30, 2, 40]);
 * ```
 */
export const selectBlockStride: SelectOperation = selectOperation("selectBlockStride");
