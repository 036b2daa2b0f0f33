/**
 * Sparse list by a stride.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/** Every `factor`-th token, with a different start in each head. */
export const selectStride: SelectOperation = selectOperation("selectStride");
