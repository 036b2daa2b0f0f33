/** Small inputs for the `select_*` kernels: by default one sequence and one head of width 1. */
import type { CpuSparseList } from "../../cpu/mod.ts";
import type { SelectSizes } from "../../ops/select.ts";

/** Makes the sizes of `tokens` tokens in blocks of `block`. */
export function selectShape(
  tokens: number,
  block: number,
  factor: number,
  more: Partial<Omit<SelectSizes, "tokens" | "block" | "factor" | "padded" | "entries">> = {},
): SelectSizes {
  const sizes = { batch: 1, heads: 1, width: 1, rows: tokens, first: 0, chunk: block };
  const padded = Math.ceil(tokens / block) * block;
  return { ...sizes, tokens, block, factor, padded, entries: padded / factor, ...more };
}

/** Makes a mask of `tokens` ones with zeros at some positions. */
export function maskWithout(tokens: number, ...masked: number[]): Int32Array {
  return Int32Array.from({ length: tokens }, (_, t) => masked.includes(t) ? 0 : 1);
}

/** Converts a list to plain arrays. */
export function plain(list: CpuSparseList): { keys: number[]; values: number[]; mask: number[] } {
  return { keys: [...list.keys], values: [...list.values], mask: [...list.mask] };
}
