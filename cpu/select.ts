/**
 * An empty sparse list and the positions of its entries, which all kernels `select_*` share.
 *
 * @module
 */
import type { SelectSizes } from "../ops/select.ts";
import type { CpuOperands } from "./roles.ts";

/** The operands of a selection. */
export type CpuTokens = CpuOperands<"selectNorm">;

/** A sparse list: per head, entries that each represent several tokens. */
export interface CpuSparseList {
  /** `[batch, entries, heads·width]`. */
  readonly keys: Float32Array;
  /** `[batch, entries, heads·width]`. */
  readonly values: Float32Array;
  /** `[batch, heads, entries]`: 1 visible, 0 masked. */
  readonly mask: Int32Array;
}

/** One head of one sequence, while its entries are filled. */
export interface HeadView {
  /** The sequence. */
  readonly b: number;
  /** The head. */
  readonly h: number;
  /** Whether token `t` exists and is not masked. */
  isVisible(t: number): boolean;
  /** The index at which token `t`'s key and value start in the arrays. */
  offset(t: number): number;
  /** The index at which entry `e`'s key and value start in the sparse list. */
  entryOffset(e: number): number;
  /** The index of entry `e`'s mask in the sparse list. */
  maskOffset(e: number): number;
}

/**
 * Makes an empty sparse list, all masked, and calls `fill` for each head of each sequence.
 *
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param sizes Sizes.
 * @param fill Writes the head's entries into the list.
 * @returns The list.
 */
export function selectPerHead(
  mask: Int32Array,
  { batch, heads, width, rows, first, tokens, entries }: SelectSizes,
  fill: (head: HeadView, list: CpuSparseList) => void,
): CpuSparseList {
  const list = {
    keys: new Float32Array(batch * entries * heads * width),
    values: new Float32Array(batch * entries * heads * width),
    mask: new Int32Array(batch * heads * entries),
  };
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      fill({
        b,
        h,
        isVisible: (t) => t < tokens && mask[b * tokens + t] === 1,
        offset: (t) => ((b * rows + first + t) * heads + h) * width,
        entryOffset: (e) => ((b * entries + e) * heads + h) * width,
        maskOffset: (e) => (b * heads + h) * entries + e,
      }, list);
    }
  }
  return list;
}

/**
 * Makes entry `e` a copy of token `t`, masked if the token is.
 *
 * @param head The head.
 * @param list The sparse list to write to.
 * @param e The entry.
 * @param t The token; a masked one leaves the entry as it is: zeros, masked.
 * @param tokens Keys and values, `[batch, rows, heads·width]`.
 * @param width Width of a head.
 */
export function copyToken(
  head: HeadView,
  list: CpuSparseList,
  e: number,
  t: number,
  { keys, values }: Pick<CpuTokens, "keys" | "values">,
  width: number,
): void {
  if (!head.isVisible(t)) return;
  const from = head.offset(t);
  list.keys.set(keys.subarray(from, from + width), head.entryOffset(e));
  list.values.set(values.subarray(from, from + width), head.entryOffset(e));
  list.mask[head.maskOffset(e)] = 1;
}
