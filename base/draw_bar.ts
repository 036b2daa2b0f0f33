/**
 * Progress bars.
 *
 * @module
 */

/** Width of the bar in characters. */
const WIDTH = 24;

/**
 * Draws a progress bar.
 *
 * @param part Completed fraction, from 0 to 1.
 * @returns A bar of 24 characters.
 */
export function drawBar(part: number): string {
  const done = Math.floor(WIDTH * part);
  return "█".repeat(done) + "·".repeat(WIDTH - done);
}
