/**
 * What the `select_*` rooms share: the shape of a sparse list and the places of its entries.
 *
 * @module
 */
import { checkLength, checkMask } from "../ops/checks.ts";

/** Where the tokens are and how the sparse list is made of them. */
export interface SelectShape {
  /** Sequences. */
  readonly batch: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Rows of keys and values in each sequence, globals among them. */
  readonly rows: number;
  /** The row that holds the first token; the rows before it are globals. */
  readonly first: number;
  /** Tokens, without padding to blocks. */
  readonly tokens: number;
  /** Tokens a block; the last block is filled up with masked tokens. */
  readonly block: number;
  /** Tokens an entry. */
  readonly factor: number;
  /** Tokens that `norm` and `lsh` choose from at a time: the smaller of block and sparse block. */
  readonly chunk: number;
}

/** Entries that stand for several tokens each, per head. */
export interface SparseList {
  /** `[batch, entries, heads·width]`. */
  readonly keys: Float32Array;
  /** `[batch, entries, heads·width]`. */
  readonly values: Float32Array;
  /** `[batch, heads, entries]`: 1 visible, 0 masked. */
  readonly mask: Int32Array;
}

/** One head of one sequence, while its entries are made. */
export interface HeadView {
  /** The sequence. */
  readonly b: number;
  /** The head. */
  readonly h: number;
  /** Whether token `t` exists and is not masked. */
  isVisible(t: number): boolean;
  /** Where token `t`'s key and value start in the arrays. */
  offset(t: number): number;
  /** Where entry `e`'s key and value start in the sparse list. */
  entryOffset(e: number): number;
  /** Where entry `e`'s mask is in the sparse list. */
  maskOffset(e: number): number;
}

/**
 * The number of tokens with the last block filled up.
 *
 * @param shape Tokens and block size.
 * @returns A multiple of the block size.
 */
export function paddedTokens(shape: Pick<SelectShape, "tokens" | "block">): number {
  return Math.ceil(shape.tokens / shape.block) * shape.block;
}

/**
 * That there are such tokens and that the sizes divide each other as they must.
 *
 * @param room Who selects, for messages.
 * @param shape Sizes.
 * @throws {RangeError} If not.
 */
export function checkSelectShape(room: string, shape: SelectShape): void {
  const { rows, first, tokens, block, factor, chunk } = shape;
  if (!Number.isInteger(first) || first < 0 || first + tokens > rows) {
    throw new RangeError(`${room}: tokens in rows ${first} … ${first + tokens - 1} of ${rows}`);
  }
  if (!Number.isInteger(block) || block < 1) {
    throw new RangeError(`${room}: blocks of ${block} tokens, wanted a whole number ≥ 1`);
  }
  if (
    !Number.isInteger(factor) || factor < 1 || block % factor !== 0 || block % chunk !== 0 ||
    chunk % factor !== 0
  ) {
    throw new RangeError(
      `${room}: factor ${factor} must divide chunk ${chunk}, and chunk must divide block ${block}`,
    );
  }
}

/**
 * Makes an empty sparse list, all masked, and has each head of each sequence fill its entries.
 *
 * @param room Who selects, for messages.
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param mask `[batch, tokens]`: 1 visible, 0 masked.
 * @param shape Sizes.
 * @param fill Called for each head; writes into the list.
 * @returns The list of `paddedTokens / factor` entries.
 * @throws {RangeError} If an array does not fit the shape or the factor does not divide.
 */
export function selectPerHead(
  room: string,
  keys: Float32Array,
  values: Float32Array,
  mask: Int32Array,
  shape: SelectShape,
  fill: (head: HeadView, list: SparseList) => void,
): SparseList {
  const { batch, heads, width, rows, first, tokens, factor } = shape;
  checkLength(room, "keys", keys, [batch, rows, heads * width]);
  checkLength(room, "values", values, [batch, rows, heads * width]);
  checkMask(room, "mask", mask, [batch, tokens]);
  checkSelectShape(room, shape);
  const entries = paddedTokens(shape) / factor;
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
 * @param keys `[batch, rows, heads·width]`.
 * @param values `[batch, rows, heads·width]`.
 * @param width Width of a head.
 */
export function copyToken(
  head: HeadView,
  list: SparseList,
  e: number,
  t: number,
  keys: Float32Array,
  values: Float32Array,
  width: number,
): void {
  if (!head.isVisible(t)) return;
  const from = head.offset(t);
  list.keys.set(keys.subarray(from, from + width), head.entryOffset(e));
  list.values.set(values.subarray(from, from + width), head.entryOffset(e));
  list.mask[head.maskOffset(e)] = 1;
}
