/**
 * Addition.
 *
 * @module
 */
import type { Command } from "./machine/commands.ts";

/**
 * `x + y`, y repeated as often as it fits; see cpu/add.ts.
 *
 * @param x Address of `count` values.
 * @param y Address of `repeat` values.
 * @param result Address of `count` values.
 * @param count How many values x has.
 * @param repeat How many values y has; a divisor of `count`.
 * @returns The operation.
 */
export function add(
  x: number,
  y: number,
  result: number,
  count: number,
  repeat: number,
): Command {
  return { operation: "add", words: [x, y, result, count, repeat] };
}
