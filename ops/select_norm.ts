/**
 * Sparse list by key norm.
 *
 * @module
 */
import { type SelectOperation, selectOperation } from "./select.ts";

/** The `chunk / factor` tokens of each chunk with the longest keys. */
export const selectNorm: SelectOperation = selectOperation("selectNorm");
