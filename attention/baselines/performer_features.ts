/**
 * The random features of Performer.
 *
 * @module
 */
import type { Random } from "../../tensor/random.ts";

/**
 * How many random features a head has.
 *
 * @param width Columns of a head.
 * @returns `⌊width · ln width⌋`, at least 1.
 *
 * @example
 * ```ts
 * import { performerFeatures } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(performerFeatures(64), 266); // 64 · ln 64 = 266.17
 * ```
 */
export function performerFeatures(width: number): number {
  return Math.max(1, Math.floor(width * Math.log(width)));
}

/**
 * Draws `ω`: blocks of `width` orthonormal rows, the last one cut off, each row times the length of
 * a Gaussian vector (Choromanski et al., 2021). First all blocks are drawn, then the vectors.
 *
 * @param width Width of a head.
 * @param random The stream.
 * @returns `[features, width]`.
 *
 * @example
 * ```ts
 * import { drawPerformerFeatures } from "@lsg/core/attention";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(drawPerformerFeatures(8, new Random(0)).length, 16 * 8);
 * ```
 */
export function drawPerformerFeatures(width: number, random: Random): Float32Array {
  const features = performerFeatures(width);
  const rows: Float64Array[] = [];
  while (rows.length < features) rows.push(...orthogonalRows(random.normals(width * width), width));
  const vectors = random.normals(features * width);
  const drawn = new Float32Array(features * width);
  for (let f = 0; f < features; f++) {
    const length = Math.hypot(...vectors.subarray(f * width, (f + 1) * width));
    drawn.set(rows[f].map((x) => x * length), f * width);
  }
  return drawn;
}

/**
 * The rows of `Q` in `matrix = QR` with positive diagonal of `R`: Gram–Schmidt over the columns,
 * twice, as one pass leaves float64 errors that grow with the condition number.
 */
function orthogonalRows(matrix: Float32Array, width: number): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let c = 0; c < width; c++) {
    const column = Float64Array.from({ length: width }, (_, r) => matrix[r * width + c]);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of columns) {
        const product = column.reduce((sum, x, r) => sum + x * other[r], 0);
        other.forEach((x, r) => column[r] -= product * x);
      }
    }
    const length = Math.hypot(...column);
    columns.push(column.map((x) => x / length));
  }
  return Array.from({ length: width }, (_, r) => Float64Array.from(columns, (column) => column[r]));
}
