/**
 * Rows of a text to its embedding.
 *
 * @module
 */

/**
 * Poolings of a text's rows, with sentence-transformers' names: their mean; the first row (`cls`);
 * the largest value in each column (`max`); their sum divided by the square root of their number;
 * their mean weighted by 1, 2, 3, …; the last row; or all rows (`none`).
 */
export const POOLINGS = [
  "mean",
  "cls",
  "max",
  "mean_sqrt_len_tokens",
  "weightedmean",
  "lasttoken",
  "none",
] as const;

/** Name of a pooling. */
export type Pooling = typeof POOLINGS[number];

/**
 * Pools the rows of a text.
 *
 * @param rows Rows of visible tokens, `[tokens, width]`.
 * @param width Width of a row.
 * @param pooling The pooling, or several whose vectors are joined.
 * @param skip Number of rows at the beginning that are left out, those of a prompt.
 * @returns The embedding, `[poolings·width]`; for `none`, `[tokens, width]`.
 */
export function pool(
  rows: Float32Array,
  width: number,
  pooling: Pooling | readonly Pooling[],
  skip = 0,
): Float32Array {
  if (pooling === "none") return rows;
  const vectors = [pooling].flat().map((name) => poolOnce(rows, width, name, skip));
  const joined = new Float32Array(vectors.length * width);
  vectors.forEach((vector, i) => joined.set(vector, i * width));
  return joined;
}

function poolOnce(
  rows: Float32Array,
  width: number,
  pooling: Pooling,
  skip: number,
): ArrayLike<number> {
  const tokens = rows.length / width;
  if (pooling === "cls") return rows.subarray(skip * width, (skip + 1) * width);
  if (pooling === "lasttoken") return rows.subarray(rows.length - width);
  const columns = new Float64Array(width).fill(pooling === "max" ? -Infinity : 0);
  let weights = 0;
  for (let token = skip; token < tokens; token++) {
    // A skipped prompt does not change the weights of the tokens behind it.
    const weight = pooling === "weightedmean" ? token + 1 : 1;
    weights += weight;
    for (let i = 0; i < width; i++) {
      const value = rows[token * width + i];
      if (pooling === "max") columns[i] = Math.max(columns[i], value);
      else columns[i] += weight * value;
    }
  }
  if (pooling === "max") return columns;
  const divisor = pooling === "mean_sqrt_len_tokens" ? Math.sqrt(weights) : weights;
  return columns.map((sum) => sum / divisor);
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
