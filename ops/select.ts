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
 * @returns The operation: keys and values `[b, n, w]`, mask `[b, t]` → a sparse list of keys and
 * values `[b, e, w]` and mask `[b, h, e]`.
 *
 * @example The first token of each group, as a selection of one's own
 * ```ts
 * import { CpuRunner, type CpuTokens } from "@lsg/core/cpu";
 * import { selectOperation, type SelectSizes } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const selectFirst = selectOperation("selectFirst");
 * // Of one sequence, one head of width 1 and no global tokens.
 * const kernel = ({ keys, values, mask }: CpuTokens, { factor }: SelectSizes) => ({
 *   keys: keys.filter((_, t) => t % factor === 0),
 *   values: values.filter((_, t) => t % factor === 0),
 *   mask: mask.filter((_, t) => t % factor === 0),
 * });
 * using backend = new CpuRunner({ selectFirst: kernel });
 * const tokens = backend.floats(new Float32Array([1, 2, 3, 4]), [1, 4, 1]);
 * const mask = backend.integers(new Int32Array([1, 1, 1, 0]), [1, 4]);
 * const shape = { heads: 1, first: 0, tokens: 4, block: 4, factor: 2, chunk: 4 };
 * const list = backend.run(selectFirst, tokens, tokens, mask, shape);
 * assertEquals([...await list.keys.getData()], [1, 3]);
 * ```
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
 * @param visible The mask of the tokens, `[b, t]`.
 * @param shape Settings of the selection.
 * @returns Operands, sizes and the outline of the list: keys and values `[b, e, w]`, mask
 * `[b, h, e]`.
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the tokens are not among the rows, sizes do not divide each other, or the
 * mask holds something other than 0 and 1.
 *
 * @example Five tokens in blocks of four are padded to eight, of which two make an entry
 * ```ts
 * import { Tensor } from "@lsg/core";
 * import { planSelect } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = new Tensor("float32", new Float32Array(12), [1, 6, 2]); // row 0 is a global token
 * const mask = new Tensor("int32", [1, 1, 1, 1, 1], [1, 5]);
 * const settings = { heads: 2, first: 1, tokens: 5, block: 4, factor: 2, chunk: 4 };
 * const { shape, result } = planSelect("selectMine", rows, rows, mask, settings);
 * assertEquals([shape.padded, shape.entries], [8, 4]);
 * assertEquals([result.keys.dims, result.mask.dims], [[1, 4, 2], [1, 2, 4]]);
 * ```
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
