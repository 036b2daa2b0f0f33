/**
 * Rotary positions.
 *
 * @module
 */
import type { RotateShape } from "../cpu/rotate.ts";
import { type Command, float64Words } from "./commands.ts";

/**
 * Turns pairs of columns by their position's angles; see cpu/rotate.ts.
 *
 * @param x Address of `[batch, tokens, heads·width]`.
 * @param positions Address of `[tokens]`.
 * @param y Address of `[batch, tokens, heads·width]`.
 * @param shape Sizes and base.
 * @returns The operation.
 */
export function rotate(x: number, positions: number, y: number, shape: RotateShape): Command {
  const { batch, tokens, heads, width, theta } = shape;
  const words = [x, positions, y, batch * tokens, tokens, heads, width, ...float64Words(theta)];
  return { operation: "rotate", words };
}
