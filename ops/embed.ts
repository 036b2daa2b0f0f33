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

/** The sum of one row of each table, times its scale, for each token: `[b, t, w]`. */
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
