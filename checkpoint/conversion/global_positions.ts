/** Rows of the table of global embeddings; a model uses the first `num_global_tokens`. */
export const GLOBAL_ROWS = 512;

/**
 * Which position each global token gets when a checkpoint is converted: positions `stride`
 * apart over the whole table first (0, 64, 128, …), then those next to them (1, 65, …).
 *
 * @param positions Positions of the table, a multiple `k` of 512.
 * @param stride Distance between the first global tokens; a multiple of `k`, and a divisor of
 *   `positions`.
 * @returns `[512]`, a position for each global token, each a multiple of `k`.
 * @throws {RangeError} If `positions` or `stride` is anything else.
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
    throw new RangeError(`a table of ${positions} positions is no multiple of ${GLOBAL_ROWS}`);
  }
  if (!Number.isSafeInteger(stride) || stride < 1 || stride % k || GLOBAL_ROWS % (stride / k)) {
    throw new RangeError(
      `global_positional_stride ${stride} does not suit ${positions} positions: it must be ${k} ` +
        `times a divisor of ${GLOBAL_ROWS}`,
    );
  }
  const strides = positions / stride;
  return Int32Array.from(
    { length: GLOBAL_ROWS },
    (_, i) => k * ((i % strides) * (stride / k) + Math.floor(i / strides)),
  );
}
