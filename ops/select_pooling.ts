/**
 * Sparse list by means of groups.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/**
 * Means over groups of `factor` tokens, `sum / (count + 1e-6)` over those that are visible: keys
 * and values `[b, n, w]`, mask `[b, t]` → keys and values `[b, e, w]`, mask `[b, h, e]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 *
 * @example The fourth token is masked, so the third is alone in its group
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectPooling } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const tokens = backend.floats(new Float32Array([1, 3, 5, 9]), [1, 4, 1]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 0]), [1, 4]);
 * const shape = { heads: 1, first: 0, tokens: 4, block: 2, factor: 2, chunk: 2 };
 * const list = backend.run(selectPooling, tokens, tokens, mask, shape);
 * const [first, second] = await list.keys.getData();
 * assertAlmostEquals(first, 2, 1e-5);
 * assertAlmostEquals(second, 5, 1e-5);
 * ```
 */
export const selectPooling: SelectOperation = selectOperation("selectPooling");
