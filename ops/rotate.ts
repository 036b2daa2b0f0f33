/**
 * Rotary position embeddings.
 *
 * @module
 */
import { expectDims, headWidth } from "./checks.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of a rotation. */
export interface RotateShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** Pairs of columns that are turned, the first `2·pairs` columns of a head; the others stay. */
  readonly pairs: number;
  /** Sequences of turns: 1 if all share them, else `batch`. */
  readonly sequences: number;
  /** Whether pairs are turned back. */
  readonly isInverse: boolean;
}

/**
 * Turns pairs of columns of each head, columns i and i + pairs: x `[b, t, h·d]`, turns `[b, t, 2·pairs]`
 * or `[1, t, 2·pairs]`, the cosine of each pair's angle, then the sine of each; both may be
 * multiplied by a factor → `[b, t, h·d]`. With `isInverse` angles count backwards.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If rows do not divide into that many heads, or turns are more than a head is
 * wide, or do not come in pairs.
 *
 * @example A quarter turn, and back
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { rotate } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([1, 2]), [1, 1, 2]);
 * const turns = backend.floats(new Float32Array([0, 1]), [1, 1, 2]); // cosine 0, sine 1
 * const y = backend.run(rotate, x, turns, 1);
 * assertEquals([...await y.getData()], [-2, 1]);
 * assertEquals([...await backend.run(rotate, y, turns, 1, true).getData()], [1, 2]);
 * ```
 */
export const rotate: Operation<
  (x: Floats, turns: Floats, heads: number, isInverse?: boolean) => Floats,
  { readonly x: Operand<"rows">; readonly turns: Operand<"rows"> },
  RotateShape
> = {
  name: "rotate",
  plan(x, turns, heads, isInverse = false) {
    const [batch, tokens, rowWidth] = x.dims;
    const [sequences, , columns] = turns.dims;
    expectDims("rotate", "x", x, [batch, tokens, rowWidth]);
    expectDims("rotate", "turns", turns, [sequences === 1 ? 1 : batch, tokens, columns]);
    const width = headWidth("rotate", rowWidth, heads);
    if (columns % 2 !== 0 || columns < 2 || columns > width) {
      throw new RangeError(
        `rotate: turns of ${columns} columns, wanted an even number from 2 to the head width ${width}`,
      );
    }
    return {
      operands: { x: rows(x), turns: rows(turns) },
      shape: { batch, tokens, heads, width, pairs: columns / 2, sequences, isInverse },
      result: floats(x.dims),
    };
  },
};
