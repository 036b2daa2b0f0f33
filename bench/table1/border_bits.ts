/**
 * Loss near the borders between copies of the position table.
 *
 * @module
 */
import { estimate } from "./estimate.ts";
import type { Prediction } from "./predict.ts";

/** Positions per copy: the length that the embedded model was trained on. */
export const COPY = 512;

/** End of each class of distances. */
const ENDS = [16, 64, Infinity];

/** Names of the classes of distances, in tokens. */
export const DISTANCES: readonly string[] = ["under 16", "16 to 63", "64 and more"];

/**
 * Computes bits per masked token by distance to the nearest border between two copies.
 *
 * @param predictions Predictions of one passage, in a window of several copies.
 * @returns The mean for each class of distances.
 * @throws {RangeError} If a class has no masked token.
 */
export function computeBorderBits(predictions: readonly Prediction[]): number[] {
  const last = Math.max(...predictions.map(({ position }) => position));
  const distances = predictions.map(({ position }) => {
    const border = Math.max(
      COPY,
      Math.min(Math.round(position / COPY), Math.floor(last / COPY)) * COPY,
    );
    return position < border ? border - 1 - position : position - border;
  });
  return ENDS.map((end, i) => {
    const isInside = (distance: number) => distance >= (ENDS[i - 1] ?? 0) && distance < end;
    return estimate(predictions.filter((_, j) => isInside(distances[j])).map(({ bits }) => bits))
      .mean;
  });
}
