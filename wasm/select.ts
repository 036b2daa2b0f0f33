/**
 * Sparse lists of all types.
 *
 * @module
 */
import type { SelectShape } from "../cpu/select.ts";
import type { Command } from "./machine/commands.ts";

/** Numbers of the types, as wasm/assembly/select.ts has them. */
const NUMBERS = {
  norm: 1,
  stride: 2,
  block_stride: 3,
  pooling: 4,
  bos_pooling: 5,
  lsh: 6,
} as const;

/** Types of sparse lists that are made of tokens. */
export type SelectType = keyof typeof NUMBERS;

/** Where the operands of a selection are. */
export interface SelectAddresses {
  /** `[batch, rows, heads·width]`. */
  readonly keys: number;
  /** `[batch, rows, heads·width]`. */
  readonly values: number;
  /** `[batch, tokens]`. */
  readonly mask: number;
  /** `[batch, rows, heads·width]` for `bos_pooling`, else 0. */
  readonly query: number;
  /** `[batch, entries, heads·width]`. */
  readonly keysOut: number;
  /** `[batch, entries, heads·width]`. */
  readonly valuesOut: number;
  /** `[batch, heads, entries]`. */
  readonly maskOut: number;
  /** For `lsh` each round's `[heads, width, ⌊buckets/2⌋]`. */
  readonly projections: readonly number[];
  /** Memory of the threads' own. */
  readonly scratch: number;
  /** How much of it each thread has. */
  readonly scratchBytes: number;
}

/**
 * Makes a sparse list; see cpu/select_*.ts.
 *
 * @param type How.
 * @param addresses The operands.
 * @param shape Sizes.
 * @param entries Entries of the list.
 * @returns The operation.
 */
export function select(
  type: SelectType,
  addresses: SelectAddresses,
  shape: SelectShape,
  entries: number,
): Command {
  const {
    keys,
    values,
    mask,
    query,
    keysOut,
    valuesOut,
    maskOut,
    projections,
    scratch,
    scratchBytes,
  } = addresses;
  const { batch, heads, width, rows, first, tokens, block, factor, chunk } = shape;
  const operands = [keys, values, mask, query, keysOut, valuesOut, maskOut];
  const sizes = [batch, heads, width, rows, first, tokens, block, factor, chunk, entries];
  const own = [scratch, scratchBytes];
  const words = [NUMBERS[type], ...operands, ...sizes, ...own, projections.length, ...projections];
  return { operation: "select", words };
}

/**
 * Memory that each thread needs for a chunk: its norms, or two sets of hash buckets with the sums
 * of keys, values and weights; all float64.
 *
 * @param type How.
 * @param shape Sizes.
 * @returns How many bytes.
 */
export function selectScratch(type: SelectType, { chunk, width }: SelectShape): number {
  if (type === "norm") return chunk * 8;
  if (type === "lsh") return 2 * chunk * (2 * width + 1) * 8;
  return 0;
}
