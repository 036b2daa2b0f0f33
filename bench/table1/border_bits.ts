/**
 * Whether tokens near a border between two copies of the position table are harder to guess.
 *
 * @module
 */
import { estimate } from "./estimate.ts";
import type { Guess } from "./guess.ts";

/** Positions of a copy: what the embedded model was trained on. */
export const COPY = 512;

/** Where each class of distances ends; the last has all the rest. */
const ENDS = [16, 64, Infinity];

/** The classes of distances, in tokens. */
export const DISTANCES: readonly string[] = ["under 16", "16 to 63", "64 and more"];

/**
 * Bits a hidden token by the distance to the nearest border between two copies.
 *
 * @param guesses Those of one passage, in a window that holds several copies.
 * @returns The mean of tokens less than 16 away, of others less than 64, and of the rest.
 * @throws {RangeError} If there is no hidden token in one of these.
 */
export function borderBits(guesses: readonly Guess[]): number[] {
  const last = Math.max(...guesses.map(({ place }) => place));
  const distances = guesses.map(({ place }) => {
    const border = Math.max(
      COPY,
      Math.min(Math.round(place / COPY), Math.floor(last / COPY)) * COPY,
    );
    return place < border ? border - 1 - place : place - border;
  });
  return ENDS.map((end, i) => {
    const isInside = (distance: number) => distance >= (ENDS[i - 1] ?? 0) && distance < end;
    return estimate(guesses.filter((_, j) => isInside(distances[j])).map(({ bits }) => bits)).mean;
  });
}
