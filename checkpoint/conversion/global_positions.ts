import { GLOBAL_ROWS } from "../model_parameters.ts";

/**
 * Assigns a position to each global token of a conversion: first positions `stride` apart over the
 * whole table (0, 64, 128, …), then their neighbours (1, 65, …).
 *
 * @param positions Number of positions of the table, `512 k`.
 * @param stride Distance between the first global tokens; a multiple of `k`, and a divisor of
 *   `positions`.
 * @returns `[512]`, the position of each global token, a multiple of `k`.
 * @throws {RangeError} If `positions` or `stride` does not satisfy these conditions.
 *
 * @example
 * ```ts
 * import { globalPositions } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...globalPositions(512, 64).slice(0, 9)], [0, 64, 128, 192, 256, 320, 384, 448, 1]);
 * ```
 */
export function globalPositions(positions: number, stride: number): Int32Array {
  const k = positions / GLOBAL_ROWS;
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(
      `Cannot place global tokens on ${positions} positions: wanted a multiple of ${GLOBAL_ROWS}`,
    );
  }
  if (!Number.isSafeInteger(stride) || stride < 1 || stride % k || GLOBAL_ROWS % (stride / k)) {
    throw new RangeError(
      `global_positional_stride ${stride} does not match ${positions} positions: it must be ${k} ` +
        `times a divisor of ${GLOBAL_ROWS}`,
    );
  }
  const strides = positions / stride;
  return Int32Array.from(
    { length: GLOBAL_ROWS },
    (_, i) => k * ((i % strides) * (stride / k) + Math.floor(i / strides)),
  );
}
