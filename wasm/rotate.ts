/**
 * Rotary positions.
 *
 * @module
 */
import type { RotateShape } from "../cpu/rotate.ts";
import { type Command, float64Words } from "./machine/commands.ts";

/**
 * Turns pairs of columns by their position's angles; see cpu/rotate.ts.
 *
 * @param x Address of `[batch, tokens, heads·width]`.
 * @param positions Address of `[tokens]`.
 * @param y Address of `[batch, tokens, heads·width]`.
 * @param shape Sizes and base.
 * @returns The operation.
 * @throws {RangeError} If the width is odd or theta is not positive.
 */
export function rotate(x: number, positions: number, y: number, shape: RotateShape): Command {
  const { batch, tokens, heads, width, theta } = shape;
  if (width % 2 !== 0) throw new RangeError(`rotate: head width ${width}, wanted an even one`);
  if (!(theta > 0)) throw new RangeError(`rotate: theta ${theta}, wanted a number above 0`);
  const words = [x, positions, y, batch * tokens, tokens, heads, width, ...float64Words(theta)];
  return { operation: "rotate", words };
}
