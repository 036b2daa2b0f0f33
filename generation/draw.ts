/**
 * Seeded draws of ids.
 *
 * @module
 */
import type { Random } from "../tensor/random.ts";

/**
 * Draws an index: the first whose running sum exceeds `u · total`.
 *
 * @param shares Numbers ≥ 0 that are proportional to the probabilities.
 * @param u Uniform between 0 and 1, both excluded.
 * @returns The index; −1 if all shares are 0.
 */
export function draw(shares: ArrayLike<number>, u: number): number {
  let total = 0;
  for (let i = 0; i < shares.length; i++) total += shares[i];
  let sum = 0;
  for (let i = 0; i < shares.length; i++) {
    sum += shares[i];
    if (sum > u * total) return i;
  }
  return -1;
}

/**
 * Draws indices without replacement: the share of a drawn one becomes 0.
 *
 * @param shares Numbers ≥ 0; changed.
 * @param count Number of draws; as many uniforms are used, even if fewer shares are above 0.
 * @param random The generator.
 * @returns Indices in the order drawn, at most `count`.
 */
export function drawSeveral(shares: Float64Array, count: number, random: Random): number[] {
  const drawn: number[] = [];
  for (let i = 0; i < count; i++) {
    const index = draw(shares, random.uniform());
    if (index === -1) continue;
    drawn.push(index);
    shares[index] = 0;
  }
  return drawn;
}

/**
 * Chooses a seed where the caller gives none.
 *
 * @returns An unsigned 32-bit integer.
 */
export function chooseSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
