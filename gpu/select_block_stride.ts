/**
 * Sparse list by a contiguous part of each block.
 *
 * @module
 */
import type { SelectShape } from "../cpu/select.ts";
import type { Command } from "./machine/commands.ts";
import { copyTokens, type SelectBuffers } from "./select.ts";

/**
 * A contiguous part of each block, another one in each head; see cpu/select_block_stride.ts.
 *
 * @param buffers Tokens and entries.
 * @param shape Sizes.
 * @param entries Entries of the list.
 * @returns The operations.
 */
export function selectBlockStride(
  buffers: SelectBuffers,
  shape: SelectShape,
  entries: number,
): Command[] {
  return [copyTokens("block_stride", buffers, shape, entries)];
}
