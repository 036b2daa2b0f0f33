/**
 * Attention to listed rows of a cache.
 *
 * @module
 */
import { expectDims, expectScale, headWidth, indices, isWhole } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** Options of an attention to a cache. */
export interface CachedOptions {
  /** `h`. */
  readonly heads: number;
  /** Factor of `q·k`; `1/√d` if absent. */
  readonly scale?: number;
}

/** Sizes and settings of an attention to a cache. */
export interface CachedShape {
  /** Sequences. */
  readonly batch: number;
  /** Query rows of each sequence. */
  readonly rows: number;
  /** Rows of each sequence's cache. */
  readonly capacity: number;
  /** Cache rows that are listed for each query. */
  readonly listed: number;
  /** How many indices there are: `batch·rows·listed`, or `rows·listed` for all sequences. */
  readonly indices: number;
  /** Heads of the queries. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Heads of keys and values; query head `i` uses `⌊i·keyHeads/heads⌋`. */
  readonly keyHeads: number;
  /** Factor of `q·k`. */
  readonly scale: number;
}

/**
 * Softmax attention of each query to the rows of a cache that are listed for it: query `[b, n, w]`,
 * keys and values `[b, c, keyHeads·d]`, rows `[b, n, m]` or `[1, n, m]` → `[b, n, w]`; −1 stands for
 * no row, and queries that see none give zeros. Rows of a beam that is continued are listed again:
 * no cache is ever copied. Rows come from the host.
 *
 * @throws {TypeError} If the shapes do not fit each other, or rows are the result of an operation.
 * @throws {RangeError} If a listed row, the heads or the scale are out of range.
 *
 * @example Two beams that share row 0 of the cache
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendCached } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const query = backend.floats(new Float32Array(2), [1, 2, 1]); // zeros: all scores are equal
 * const keys = backend.floats(new Float32Array(4), [1, 4, 1]);
 * const values = backend.floats(new Float32Array([1, 2, 3, 8]), [1, 4, 1]);
 * const rows = backend.integers(new Int32Array([0, 2, -1, 0, 1, 2]), [1, 2, 3]);
 * const y = backend.run(attendCached, query, keys, values, rows, { heads: 1 });
 * assertEquals([...await y.getData()], [2, 2]); // the means of 1 and 3, and of 1, 2 and 3
 * ```
 */
export const attendCached: Operation<
  (
    query: Floats,
    keys: Floats,
    values: Floats,
    rows: Integers,
    options: CachedOptions,
  ) => Floats,
  {
    readonly query: Operand<"rows">;
    readonly keys: Operand<"rows">;
    readonly values: Operand<"rows">;
    readonly seen: Operand<"indices">;
  },
  CachedShape
> = {
  name: "attendCached",
  plan(query, keys, values, seen, { heads, scale }) {
    const [batch, count, rowWidth] = query.dims;
    const [, capacity, keyWidth] = keys.dims;
    const [, , listed] = seen.dims;
    expectDims("attendCached", "query", query, [batch, count, rowWidth]);
    const width = headWidth("attendCached", rowWidth, heads);
    const keyHeads = keyWidth / width;
    if (!isWhole(keyHeads, 1) || heads % keyHeads !== 0) {
      throw new RangeError(
        `attendCached: keys of width ${keyWidth} do not divide into heads of width ${width} whose ` +
          `number divides ${heads}`,
      );
    }
    expectDims("attendCached", "keys", keys, [batch, capacity, keyWidth]);
    expectDims("attendCached", "values", values, keys.dims);
    const sequences = seen.dims[0] === 1 ? 1 : batch;
    expectDims("attendCached", "rows", seen, [sequences, count, listed]);
    return {
      operands: {
        query: rows(query),
        keys: rows(keys),
        values: rows(values),
        seen: indices("attendCached", "rows", seen, -1, capacity),
      },
      shape: {
        batch,
        rows: count,
        capacity,
        listed,
        indices: seen.size,
        heads,
        width,
        keyHeads,
        scale: expectScale("attendCached", scale ?? 1 / Math.sqrt(width)),
      },
      result: floats(query.dims),
    };
  },
};
