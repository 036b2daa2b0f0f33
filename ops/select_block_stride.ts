/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/** A contiguous part of each block, a different one in each head. */
export const selectBlockStride: SelectOperation = selectOperation("selectBlockStride");
