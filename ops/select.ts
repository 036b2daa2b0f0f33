/**
 * The sparse list and its shape rule, which all operations `select_*` share.
 *
 * @module
 */
import { expectDims, headWidth, isWhole, mask } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  integers,
  type Operand,
  type Operation,
  type Plan,
  rows,
} from "./operation.ts";
import type { SelectShape, SparseList } from "./sparse_list.ts";

export type { SelectShape, SparseList } from "./sparse_list.ts";

/** All sizes of a selection. */
export interface SelectSizes extends SelectShape {
  /** Sequences. */
  readonly batch: number;
  /** Width of a head. */
  readonly width: number;
  /** Rows of keys and values in each sequence, including global tokens. */
  readonly rows: number;
  /** Number of tokens, padded to whole blocks. */
  readonly padded: number;
  /** Entries of the list. */
  readonly entries: number;
}

/** Operands of a selection. */
export interface SelectOperands {
  /** `[b, n, w]`. */
  readonly keys: Operand<"rows">;
  /** `[b, n, w]`. */
  readonly values: Operand<"rows">;
  /** `[b, t]`. */
  readonly mask: Operand<"mask">;
}

/** A selection that needs nothing but keys, values and a mask. */
export type SelectOperation = Operation<
  (keys: Floats, values: Floats, mask: Integers, shape: SelectShape) => SparseList,
  SelectOperands,
  SelectSizes
>;

/**
 * Describes a selection that needs nothing but keys, values and a mask.
 *
 * @param name Its name.
 * @returns The operation: keys and values `[b, n, w]`, mask `[b, t]` → a sparse list.
 */
export function selectOperation(name: string): SelectOperation {
  return {
    name,
    plan: (keys, values, mask, shape) => planSelect(name, keys, values, mask, shape),
  };
}

/**
 * Checks a selection.
 *
 * @param name The operation, for messages.
 * @param keys `[b, n, w]`.
 * @param values Like keys.
 * @param visible `[b, t]`.
 * @param shape Settings of the selection.
 * @returns Operands, sizes and the outline of the list.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, or sizes do not divide each other.
 */
export function planSelect(
  name: string,
  keys: Floats,
  values: Floats,
  visible: Integers,
  shape: SelectShape,
): Plan<SelectOperands, SelectSizes, SparseList> {
  const [batch, count, rowWidth] = keys.dims;
  const { heads, first, tokens, block, factor, chunk } = shape;
  expectDims(name, "keys", keys, [batch, count, rowWidth]);
  expectDims(name, "values", values, keys.dims);
  const width = headWidth(name, rowWidth, heads);
  const operands = {
    keys: rows(keys),
    values: rows(values),
    mask: mask(name, "mask", visible, [batch, tokens]),
  };
  if (!Number.isInteger(first) || first < 0 || first + tokens > count) {
    throw new RangeError(`${name}: tokens in rows ${first} … ${first + tokens - 1} of ${count}`);
  }
  if (!isWhole(block, 1)) {
    throw new RangeError(`${name}: blocks of ${block} tokens, wanted a whole number ≥ 1`);
  }
  if (
    !isWhole(factor, 1) || !isWhole(chunk, 1) || block % factor !== 0 || block % chunk !== 0 ||
    chunk % factor !== 0
  ) {
    throw new RangeError(
      `${name}: factor ${factor} must divide chunk ${chunk}, and chunk must divide block ${block}`,
    );
  }
  const padded = Math.ceil(tokens / block) * block;
  const entries = padded / factor;
  return {
    operands,
    shape: { ...shape, batch, width, rows: count, padded, entries },
    result: {
      keys: floats([batch, entries, rowWidth]),
      values: floats([batch, entries, rowWidth]),
      mask: integers([batch, heads, entries]),
    },
  };
}
