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
 * x `[…, in]`, up `[inner, in]` with bias `[inner]`, down `[out, inner]` with bias `[out]` →
 * `[…, out]`.
 *
 * @throws {TypeError} If the shapes do not fit each other.
 * @throws {RangeError} If the activation does not exist.
 *
 * @example
 * ```ts
 * import { CpuBackend } from "@lsg/core/cpu";
 * import { feedForward } from "@lsg/core/ops";
 * import { assertEquals } from "@std/assert";
 *
 * using backend = new CpuBackend();
 * const x = backend.floats(new Float32Array([3]), [1, 1]);
 * const up = { weight: backend.weight(new Float32Array([1, -1]), [2, 1]) };
 * const bias = backend.floats(new Float32Array([1]), [1]);
 * const down = { weight: backend.weight(new Float32Array([2, 5]), [1, 2]), bias };
 * const y = backend.run(feedForward, x, up, "relu", down);
 * assertEquals([...await y.getData()], [7]); // relu gives [3, 0], and 2·3 + 5·0 + 1 = 7
 * ```
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
