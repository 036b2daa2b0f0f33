/**
 * Attention inside hash buckets.
 *
 * @module
 */
import { expectDims, headWidth, mask } from "./checks.ts";
import {
  type Floats,
  floats,
  type Integers,
  type Operand,
  type Operation,
  rows,
} from "./operation.ts";

/** Sizes of an attention inside hash buckets. */
export interface HashedShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Columns of the projection: half the number of buckets. */
  readonly columns: number;
  /** Tokens per chunk. */
  readonly chunk: number;
}

/**
 * Softmax attention inside hash buckets, with keys `q/|q|`: query and value `[b, t, w]`, mask
 * `[b, t]`, projection `[h, d, buckets/2]` → `[b, t, w]`; tokens see those of their bucket in their
 * chunk of `chunk` sorted tokens and in the chunk before, and themselves only if they see no other.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into the heads of the projection, chunk is not a whole
 * number ≥ 1, or the mask holds something other than 0 and 1.
 *
 * @example The two positive queries see each other; the negative one is alone in its bucket
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { attendHashed } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const query = backend.floats(new Float32Array([1, -1, 2]), [1, 3, 1]);
 * const value = backend.floats(new Float32Array([5, 6, 7]), [1, 3, 1]);
 * const mask = backend.integers(new Int32Array([1, 1, 1]), [1, 3]);
 * const projection = backend.floats(new Float32Array([1]), [1, 1, 1]);
 * const y = backend.run(attendHashed, query, value, mask, projection, 64);
 * assertEquals([...await y.getData()], [7, 6, 5]);
 * ```
 */
export const attendHashed: Operation<
  (query: Floats, value: Floats, mask: Integers, projection: Floats, chunk: number) => Floats,
  {
    readonly query: Operand<"rows">;
    readonly value: Operand<"rows">;
    readonly mask: Operand<"mask">;
    readonly projection: Operand<"rows">;
  },
  HashedShape
> = {
  name: "attendHashed",
  plan(query, value, visible, projection, chunk) {
    const [batch, tokens, rowWidth] = query.dims;
    const [heads, , columns] = projection.dims;
    expectDims("attendHashed", "query", query, [batch, tokens, rowWidth]);
    const width = headWidth("attendHashed", rowWidth, heads);
    expectDims("attendHashed", "value", value, query.dims);
    expectDims("attendHashed", "projection", projection, [heads, width, Math.max(1, columns)]);
    if (!Number.isInteger(chunk) || chunk < 1) {
      throw new RangeError(`attendHashed: chunks of ${chunk} tokens, wanted a whole number ≥ 1`);
    }
    return {
      operands: {
        query: rows(query),
        value: rows(value),
        mask: mask("attendHashed", "mask", visible, [batch, tokens]),
        projection: rows(projection),
      },
      shape: { batch, tokens, heads, width, columns, chunk },
      result: floats(query.dims),
    };
  },
};
