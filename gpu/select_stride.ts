/**
 * Sparse list by a stride.
 *
 * @module
 */
import type { SelectShape } from "../cpu/select.ts";
import type { Command } from "./machine/commands.ts";
import { copyTokens, type SelectBuffers } from "./select.ts";

/**
 * Every `factor`-th token, starting at another one in each head; see cpu/select_stride.ts.
 *
 * @param buffers Tokens and entries.
 * @param shape Sizes.
 * @param entries Entries of the list.
 * @returns The operations.
 */
export function selectStride(
  buffers: SelectBuffers,
  shape: SelectShape,
  entries: number,
): Command[] {
  return [copyTokens("stride", buffers, shape, entries)];
}
