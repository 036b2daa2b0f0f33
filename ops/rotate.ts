/**
 * Rotary position embeddings.
 *
 * @module
 */
import { expectDims, headWidth } from "./checks.ts";
import { type Floats, floats, type Integers, Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of a rotation. */
export interface RotateShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence. */
  readonly tokens: number;
  /** Heads. */
  readonly heads: number;
  /** Width of a head; even. */
  readonly width: number;
  /** Base of the wavelengths, `rope_theta` in checkpoints. */
  readonly theta: number;
}

/** Rotates x `[b, t, h·d]` by the angles of positions `[t]`, any integers. */
export const rotate: Operation<
  (x: Floats, positions: Integers, heads: number, theta: number) => Floats,
  { readonly x: Operand<"rows">; readonly positions: Operand<"indices"> },
  RotateShape
> = {
  name: "rotate",
  plan(x, positions, heads, theta) {
    const [batch, tokens, rowWidth] = x.dims;
    expectDims("rotate", "x", x, [batch, tokens, rowWidth]);
    expectDims("rotate", "positions", positions, [tokens]);
    const width = headWidth("rotate", rowWidth, heads);
    if (width % 2 !== 0) throw new RangeError(`rotate: head width ${width}, wanted an even number`);
    if (!(theta > 0)) throw new RangeError(`rotate: theta ${theta}, wanted a number above 0`);
    return {
      operands: { x: rows(x), positions: new Operand("indices", positions) },
      shape: { batch, tokens, heads, width, theta },
      result: floats(x.dims),
    };
  },
};
