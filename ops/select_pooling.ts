/**
 * Sparse list by means of groups.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/** Means over groups of `factor` tokens. */
export const selectPooling: SelectOperation = selectOperation("selectPooling");
