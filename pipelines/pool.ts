/**
 * A document's rows to its embedding.
 *
 * @module
 */

/** What becomes of a document's rows: their mean, the first one, or all of them. */
export const POOLINGS = ["mean", "cls", "none"] as const;

/** One of them. */
export type Pooling = typeof POOLINGS[number];

/**
 * Pools the rows of a document.
 *
 * @param rows `[tokens, width]`, all visible.
 * @param width Width of a row.
 * @param pooling What becomes of them.
 * @returns `[width]`, or for `none` `[tokens, width]`.
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
 * Gives each row the Euclidean length 1; a row of zeros stays.
 *
 * @param rows `[rows, width]`.
 * @param width Width of a row.
 * @returns `[rows, width]`.
 */
export function normalizeRows(rows: Float32Array, width: number): Float32Array {
  const lengths = Array.from(
    { length: rows.length / width },
    (_, row) => Math.hypot(...rows.subarray(row * width, (row + 1) * width)) || 1,
  );
  return rows.map((value, i) => value / lengths[Math.floor(i / width)]);
}
