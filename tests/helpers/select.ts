/** Small inputs for the `select_*` rooms: one head of width 1 in one sequence, unless said otherwise. */
import type { SelectShape, SparseList } from "../../cpu/mod.ts";

/** Sizes for `tokens` tokens in blocks of `block`. */
export function selectShape(
  tokens: number,
  block: number,
  factor: number,
  more: Partial<SelectShape> = {},
): SelectShape {
  const sizes = { batch: 1, heads: 1, width: 1, rows: tokens, first: 0 };
  return { ...sizes, tokens, block, factor, chunk: block, ...more };
}

/** A mask of `tokens` ones, with zeros at some places. */
export function maskWithout(tokens: number, ...masked: number[]): Int32Array {
  return Int32Array.from({ length: tokens }, (_, t) => masked.includes(t) ? 0 : 1);
}

/** The list as plain arrays. */
export function plain(list: SparseList): { keys: number[]; values: number[]; mask: number[] } {
  return { keys: [...list.keys], values: [...list.values], mask: [...list.mask] };
}
