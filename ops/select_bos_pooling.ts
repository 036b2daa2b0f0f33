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

/** Means over groups, weighted by the first token's query: query `[b, n, w]` beside keys. */
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
