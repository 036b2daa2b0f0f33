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
 * Means over hash buckets; projections: one `[h, d, ⌊buckets/2⌋]` per round, with `chunk` buckets,
 * in the last round `chunk / factor`.
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
