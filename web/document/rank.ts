/**
 * Order of passages by their nearness to a query.
 *
 * @module
 */
import { pauses } from "../../base/next_task.ts";

/** Rows of numbers. */
export interface Rows {
  /** Row-major. */
  readonly data: Float32Array;
  readonly width: number;
}

/**
 * Copies rows.
 *
 * @param data The values, row-major.
 * @param width Width of a row.
 * @returns The rows.
 */
export function rowsOf(data: Float32Array, width: number): Rows {
  return { data: data.slice(), width };
}

/**
 * Ranks passages. Vectors are compared by their cosine. Of rows of tokens the passages' mean is taken
 * away, which all of a model's rows share; then each row of the query looks for its nearest row in a
 * passage, and counts by how much nearer it is than in the other passages.
 *
 * @param query One vector, or a row for each token.
 * @param passages The same of each passage.
 * @param isVector Whether they are vectors.
 * @param signal Stops the ranking.
 * @returns Index and score of each passage, best first.
 */
export async function rank(
  query: Rows,
  passages: readonly Rows[],
  isVector: boolean,
  signal: AbortSignal,
): Promise<{ at: number; score: number }[]> {
  const centre = isVector ? new Float64Array(query.width) : meanOf(passages);
  const asked = directions(query, centre);
  const pause = pauses();
  const scores = new Float64Array(passages.length);
  const nearest: Float64Array[] = [];
  for (const passage of passages) {
    await pause();
    signal.throwIfAborted();
    nearest.push(nearestTo(asked, directions(passage, centre), query.width));
  }
  const count = asked.length / query.width;
  for (let q = 0; q < count; q++) {
    const mean = isVector ? 0 : nearest.reduce((sum, each) => sum + each[q], 0) / nearest.length;
    nearest.forEach((each, at) => scores[at] += (each[q] - mean) / count);
  }
  return [...scores].map((score, at) => ({ at, score })).sort((a, b) => b.score - a.score);
}

function meanOf(passages: readonly Rows[]): Float64Array {
  const { width } = passages[0];
  const sums = new Float64Array(width);
  let count = 0;
  for (const { data } of passages) {
    for (let i = 0; i < data.length; i++) sums[i % width] += data[i];
    count += data.length / width;
  }
  return sums.map((sum) => sum / count);
}

/** Rows less the centre, of length 1. */
function directions({ data, width }: Rows, centre: Float64Array): Float32Array {
  const made = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    let squares = 0;
    for (let i = 0; i < width; i++) {
      made[row + i] = data[row + i] - centre[i];
      squares += made[row + i] ** 2;
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < width; i++) made[row + i] *= scale;
  }
  return made;
}

/** The largest cosine of each row of the query with a row of the passage. */
function nearestTo(query: Float32Array, passage: Float32Array, width: number): Float64Array {
  const best = new Float64Array(query.length / width).fill(-1);
  for (let q = 0; q < best.length; q++) {
    for (let row = 0; row < passage.length; row += width) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += query[q * width + i] * passage[row + i];
      if (sum > best[q]) best[q] = sum;
    }
  }
  return best;
}
