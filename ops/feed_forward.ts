/**
 * Feed-forward layers.
 *
 * @module
 */
import { type ActivationName, expectActivation } from "./activation.ts";
import { product } from "./checks.ts";
import { type Dense, type DenseOperands, denseOperands } from "./linear.ts";
import { type Floats, floats, type Operand, type Operation, rows } from "./operation.ts";

/** Sizes and settings of a feed-forward layer. */
export interface FeedForwardShape {
  /** Rows of x: the product of all its dimensions but the last. */
  readonly rows: number;
  /** Width of a row of x. */
  readonly inputs: number;
  /** Width of a row between the layers. */
  readonly inner: number;
  /** Width of a row of the result. */
  readonly outputs: number;
  /** Applied to each inner value. */
  readonly activation: ActivationName;
}

/**
 * `linear(linear(x, up, activation), down)`; fast backends never hold the inner rows of all tokens:
 * x `[…, in]`, up `[inner, in]`, down `[out, inner]` → `[…, out]`.
 */
export const feedForward: Operation<
  (x: Floats, up: Dense, activation: ActivationName, down: Dense) => Floats,
  { readonly x: Operand<"rows">; readonly up: DenseOperands; readonly down: DenseOperands },
  FeedForwardShape
> = {
  name: "feedForward",
  plan(x, up, activation, down) {
    expectActivation(activation);
    const outer = x.dims.slice(0, -1);
    const inputs = x.dims[x.dims.length - 1];
    const [inner] = up.weight.dims;
    const [outputs] = down.weight.dims;
    return {
      operands: {
        x: rows(x),
        up: denseOperands("feedForward", "weight up", "bias up", up, inputs),
        down: denseOperands("feedForward", "weight down", "bias down", down, inner),
      },
      shape: { rows: product(outer), inputs, inner, outputs, activation },
      result: floats([...outer, outputs]),
    };
  },
};
