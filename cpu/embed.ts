/**
 * Embeddings.
 *
 * @module
 */
import { checkLength } from "../ops/checks.ts";

/** One table and the row of it that each place takes. */
export interface CpuLookup {
  /** `[batch, tokens]`, or `[1, tokens]` for the same rows in each sequence. */
  readonly ids: Int32Array;
  /** `[rows, width]`. */
  readonly table: Float32Array;
}

/** The shape of an embedding. */
export interface EmbedShape {
  /** Sequences. */
  readonly batch: number;
  /** Places of a sequence. */
  readonly tokens: number;
  /** Width of a row. */
  readonly width: number;
}

/**
 * The sum of one row of each table, for each place.
 *
 * @param lookups Tables and the rows to take from them.
 * @param shape Sizes.
 * @returns `[batch, tokens, width]`.
 * @throws {RangeError} If an array does not fit the shape or an id has no row.
 *
 * @example
 * ```ts
 * import { embed } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const words = { ids: new Int32Array([1, 0]), table: new Float32Array([10, 20]) };
 * const places = { ids: new Int32Array([0, 1]), table: new Float32Array([1, 2]) };
 * const shape = { batch: 1, tokens: 2, width: 1 };
 * assertEquals([...embed([words, places], shape)], [21, 12]);
 * ```
 */
export function embed(lookups: readonly CpuLookup[], shape: EmbedShape): Float32Array {
  const { batch, tokens, width } = shape;
  const result = new Float32Array(batch * tokens * width);
  for (const { ids, table } of lookups) {
    const rows = table.length / width;
    checkLength("embed", "ids", ids, [ids.length === tokens ? 1 : batch, tokens]);
    checkLength("embed", "table", table, [Math.floor(rows), width]);
    for (let place = 0; place < batch * tokens; place++) {
      const id = ids[place % ids.length];
      if (id < 0 || id >= rows) {
        throw new RangeError(`embed: id ${id} at place ${place}, wanted 0 … ${rows - 1}`);
      }
      for (let i = 0; i < width; i++) result[place * width + i] += table[id * width + i];
    }
  }
  return result;
}
