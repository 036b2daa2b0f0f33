/**
 * Embeddings.
 *
 * @module
 */
import { expectDims, expectScale, indices } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  table,
} from "./operation.ts";

/** An embedding table and the index of each token's row in it. */
export interface Lookup {
  /** `[b, t]`, or `[1, t]` for the same rows in each sequence. */
  readonly ids: Integers;
  /** `[rows, w]`. */
  readonly table: Floats;
  /** The rows are multiplied by this number; absent: 1. */
  readonly scale?: number;
  /** An id whose row is not trained: places with it give the table no gradient; absent: none. */
  readonly padding?: number;
}

/** Operands of a lookup. */
export interface LookupOperands {
  /** `[b, t]` or `[1, t]`. */
  readonly ids: Operand<"indices">;
  /** Number of ids; they are repeated if there are more tokens. */
  readonly count: number;
  /** `[rows, w]`. */
  readonly table: Operand<"table">;
  /** Rows of the table. */
  readonly rows: number;
  /** Factor of the rows. */
  readonly scale: number;
}

/** Sizes of an embedding. */
export interface EmbedShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Width of a row. */
  readonly width: number;
}

/**
 * The sum of one row of each table, times its scale, for each token: ids `[b, t]` or `[1, t]`,
 * tables `[rows, w]` → `[b, t, w]`. Ids come from the host.
 *
 * @throws {TypeError} If there is no table, the shapes do not fit each other, or ids are the result
 * of an operation.
 * @throws {RangeError} If an id is out of range, or a scale is not finite.
 *
 * @example Words and their positions
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { embed } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const words = backend.weight(new Float32Array([1, 2, 3, 4]), [2, 2]);
 * const positions = backend.weight(new Float32Array([10, 10, 20, 20, 30, 30]), [3, 2]);
 * const lookups = [
 *   { ids: backend.integers(new Int32Array([1, 0, 1]), [1, 3]), table: words },
 *   { ids: backend.integers(new Int32Array([0, 1, 2]), [1, 3]), table: positions },
 * ];
 * const rows = backend.run(embed, lookups);
 * assertEquals([...await rows.getData()], [13, 14, 21, 22, 33, 34]);
 * ```
 */
export const embed: Operation<
  (lookups: readonly Lookup[]) => Floats,
  { readonly lookups: readonly LookupOperands[] },
  EmbedShape
> = {
  name: "embed",
  plan(lookups) {
    if (lookups.length === 0) throw new TypeError("embed: got no tables, wanted one or more");
    const batch = Math.max(...lookups.map(({ ids }) => ids.dims[0]));
    const [, tokens] = lookups[0].ids.dims;
    const [, width] = lookups[0].table.dims;
    const operands = lookups.map(({ ids, table: rowsOf, scale = 1 }) => {
      const [rows] = rowsOf.dims;
      expectDims("embed", "ids", ids, [ids.dims[0] === 1 ? 1 : batch, tokens]);
      expectDims("embed", "table", rowsOf, [rows, width]);
      return {
        ids: indices("embed", "ids", ids, 0, rows),
        count: ids.size,
        table: table(rowsOf),
        rows,
        scale: expectScale("embed", scale),
      };
    });
    return {
      operands: { lookups: operands },
      shape: { batch, tokens, width },
      result: floats([batch, tokens, width]),
    };
  },
};
