/** Small inputs for the `select_*` operations: by default one sequence and one head of width 1. */
import type { SelectShape, SparseList } from "../../cpu/mod.ts";

/** Makes the shape of `tokens` tokens in blocks of `block`. */
export function selectShape(
  tokens: number,
  block: number,
  factor: number,
  more: Partial<SelectShape> = {},
): SelectShape {
  const sizes = { batch: 1, heads: 1, width: 1, rows: tokens, first: 0 };
  return { ...sizes, tokens, block, factor, chunk: block, ...more };
}

/** Makes a mask of `tokens` ones with zeros at some positions. */
export function maskWithout(tokens: number, ...masked: number[]): Int32Array {
  return Int32Array.from({ length: tokens }, (_, t) => masked.includes(t) ? 0 : 1);
}

/** Converts a list to plain arrays. */
export function plain(list: SparseList): { keys: number[]; values: number[]; mask: number[] } {
  return { keys: [...list.keys], values: [...list.values], mask: [...list.mask] };
}
