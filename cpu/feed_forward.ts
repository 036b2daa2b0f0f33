/**
 * Feed-forward layers.
 *
 * @module
 */
import type { FeedForwardShape } from "../ops/feed_forward.ts";
import { linear } from "./linear.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * Two linear layers with an activation in between: `act(x·Uᵀ + u)·Dᵀ + d`.
 *
 * @param operands x `[rows, inputs]`; up: weight `[inner, inputs]` and bias `[inner]`; down: weight
 * `[outputs, inner]` and bias `[outputs]`.
 * @param shape Sizes and activation.
 * @returns `[rows, outputs]`.
 *
 * @example
 * ```ts
 * import { feedForward } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const x = new Float32Array([2, -3]);
 * const up = { weight: new Float32Array([1, -1]) };
 * const down = { weight: new Float32Array([10, 1]) };
 * const shape = { rows: 2, inputs: 1, inner: 2, outputs: 1, activation: "relu" } as const;
 * assertEquals([...feedForward({ x, up, down }, shape)], [20, 3]);
 * ```
 */
export function feedForward(
  { x, up, down }: CpuOperands<"feedForward">,
  { rows, inputs, inner, outputs, activation }: FeedForwardShape,
): Float32Array {
  const between = linear({ x, ...up }, { rows, inputs, outputs: inner, activation });
  return linear({ x: between, ...down }, { rows, inputs: inner, outputs });
}
