/**
 * Sparse list by weighted means of groups.
 *
 * @module
 */
import { expectDims } from "./checks.ts";
import { type Floats, type Integers, type Operand, type Operation, rows } from "./operation.ts";
import {
  planSelect,
  type SelectOperands,
  type SelectShape,
  type SelectSizes,
  type SparseList,
} from "./select.ts";

/**
 * Means over groups of `factor` tokens, weighted by the first token's query, `softmax(q₀·k/√d)`:
 * query, keys and values `[b, n, w]`, mask `[b, t]` → keys and values `[b, e, w]`, mask
 * `[b, h, e]`. The query is in the row `first`, and counts even if that token is masked.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectBosPooling } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const [query, keys, values] = [[1, 0], [0, Math.log(3)], [0, 8]].map((row) =>
 *   backend.floats(new Float32Array(row), [1, 2, 1])
 * );
 * const mask = backend.integers(new Int32Array([1, 1]), [1, 2]);
 * const shape = { heads: 1, first: 0, tokens: 2, block: 2, factor: 2, chunk: 2 };
 * const list = backend.run(selectBosPooling, query, keys, values, mask, shape);
 * assertAlmostEquals((await list.values.getData())[0], 1 / 4 * 0 + 3 / 4 * 8, 1e-6);
 * ```
 */
export const selectBosPooling: Operation<
  (
    query: Floats,
    keys: Floats,
    values: Floats,
    mask: Integers,
    shape: SelectShape,
  ) => SparseList,
  SelectOperands & { readonly query: Operand<"rows"> },
  SelectSizes
> = {
  name: "selectBosPooling",
  plan(query, keys, values, mask, shape) {
    const plan = planSelect("selectBosPooling", keys, values, mask, shape);
    expectDims("selectBosPooling", "query", query, keys.dims);
    return { ...plan, operands: { ...plan.operands, query: rows(query) } };
  },
};
