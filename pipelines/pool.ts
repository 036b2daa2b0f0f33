/**
 * Rows of a text to its embedding.
 *
 * @module
 */

/** Poolings of a text's rows: their mean, the first row, or all rows. */
export const POOLINGS = ["mean", "cls", "none"] as const;

/** Name of a pooling. */
export type Pooling = typeof POOLINGS[number];

/**
 * Pools the rows of a text.
 *
 * @param rows Rows of visible tokens, `[tokens, width]`.
 * @param width Width of a row.
 * @param pooling The pooling.
 * @returns The embedding, `[width]`; for `none`, `[tokens, width]`.
 */
export function pool(rows: Float32Array, width: number, pooling: Pooling): Float32Array {
  if (pooling === "none") return rows;
  if (pooling === "cls") return rows.slice(0, width);
  const sums = new Float64Array(width);
  rows.forEach((value, i) => sums[i % width] += value);
  const tokens = rows.length / width;
  return Float32Array.from(sums, (sum) => sum / tokens);
}

/**
 * Normalizes each row to the Euclidean length 1; a row of zeros stays zero.
 *
 * @param rows Rows, `[rows, width]`.
 * @param width Width of a row.
 * @returns Normalized rows, `[rows, width]`.
 */
export function normalizeRows(rows: Float32Array, width: number): Float32Array {
  const lengths = Array.from(
    { length: rows.length / width },
    (_, row) => Math.hypot(...rows.subarray(row * width, (row + 1) * width)) || 1,
  );
  return rows.map((value, i) => value / lengths[Math.floor(i / width)]);
}
