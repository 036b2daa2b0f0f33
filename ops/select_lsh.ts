/**
 * Sparse list by locality-sensitive hashing.
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
 * Means over hash buckets: keys and values `[b, n, w]`, mask `[b, t]` → keys and values
 * `[b, e, w]`, mask `[b, h, e]`; projections: one `[h, d, ⌊buckets/2⌋]` per round, with `chunk`
 * buckets, in the last round `chunk / factor`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If there are no projections, the tokens are not among the rows, or sizes do
 * not divide each other.
 *
 * @example Keys of opposite directions fall into different buckets
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { selectLsh } from "@lsg/core/ops";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const tokens = backend.floats(new Float32Array([1, -1, 2, -2]), [1, 4, 1]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 1]), [1, 4]);
 * const projection = backend.floats(new Float32Array([1]), [1, 1, 1]);
 * const shape = { heads: 1, first: 0, tokens: 4, block: 4, factor: 2, chunk: 4 };
 * const { keys } = backend.run(selectLsh, tokens, tokens, mask, [projection], shape);
 * const [positive, negative] = await keys.getData();
 * assertAlmostEquals(positive, 1.5, 1e-6);
 * assertAlmostEquals(negative, -1.5, 1e-6);
 * ```
 */
export const selectLsh: Operation<
  (
    keys: Floats,
    values: Floats,
    mask: Integers,
    projections: readonly Floats[],
    shape: SelectShape,
  ) => SparseList,
  SelectOperands & { readonly projections: readonly Operand<"rows">[] },
  SelectSizes
> = {
  name: "selectLsh",
  plan(keys, values, mask, projections, shape) {
    const plan = planSelect("selectLsh", keys, values, mask, shape);
    if (projections.length === 0) {
      throw new RangeError("selectLsh: got no projections, wanted one for each round");
    }
    const { heads, width, chunk, factor } = plan.shape;
    projections.forEach((projection, round) => {
      const buckets = round === projections.length - 1 ? chunk / factor : chunk;
      const wanted = [heads, width, Math.floor(buckets / 2)];
      expectDims("selectLsh", `projection ${round}`, projection, wanted);
    });
    return { ...plan, operands: { ...plan.operands, projections: projections.map(rows) } };
  },
};
