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

/** Shares in a block, whose sum is kept: a draw looks at the sums and at one block. */
const BLOCK = 1024;

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
  const blocks = Math.ceil(shares.length / BLOCK);
  const sums = Array.from({ length: blocks }, (_, block) => sumOfBlock(shares, block));
  for (let i = 0; i < count; i++) {
    const target = random.uniform() * sums.reduce((total, sum) => total + sum, 0);
    let block = 0;
    let sum = 0;
    while (block < blocks && sum + sums[block] <= target) sum += sums[block++];
    if (block === blocks) continue;
    const index = findInBlock(shares, block, target, sum);
    drawn.push(index);
    shares[index] = 0;
    sums[block] = sumOfBlock(shares, block);
  }
  return drawn;
}

function sumOfBlock(shares: Float64Array, block: number): number {
  const end = Math.min((block + 1) * BLOCK, shares.length);
  let sum = 0;
  for (let i = block * BLOCK; i < end; i++) sum += shares[i];
  return sum;
}

/** The first share of a block with which the running sum exceeds a target. */
function findInBlock(shares: Float64Array, block: number, target: number, before: number): number {
  const end = Math.min((block + 1) * BLOCK, shares.length);
  let sum = before;
  let last = -1;
  for (let i = block * BLOCK; i < end && sum <= target; i++) {
    sum += shares[i];
    if (shares[i] > 0) last = i;
  }
  return last; // the block's last, if the sum is too small by rounding
}

/**
 * Chooses a seed where the caller gives none.
 *
 * @returns An unsigned 32-bit integer.
 */
export function chooseSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}
