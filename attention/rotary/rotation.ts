/**
 * Angles of rotary positions.
 *
 * @module
 */

/** How positions turn the columns of a head. */
export interface Rotation {
  /** Angle of a step of one position, for each pair of columns. */
  readonly frequencies: readonly number[];
  /** Factor of cosines and sines; 1 if absent. */
  readonly factor?: number;
}

/**
 * The rotation of Su et al. (RoFormer): pair i of r columns turns by `theta^(−2i/r)` a position.
 *
 * @param theta Base of the wavelengths, `rope_theta` in checkpoints.
 * @param columns How many columns of a head are turned, r.
 * @returns The rotation.
 * @throws {RangeError} If theta is not above 0, or columns are odd.
 *
 * @example
 * ```ts
 * import { plainRotation } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(plainRotation(100, 4).frequencies, [1, 0.1]);
 * ```
 */
export function plainRotation(theta: number, columns: number): Rotation {
  if (!(theta > 0)) {
    throw new RangeError(`Cannot rotate by theta ${theta}: wanted a number above 0`);
  }
  if (columns % 2 !== 0) {
    throw new RangeError(`Cannot rotate ${columns} columns of a head: wanted an even number`);
  }
  const frequencies = Array.from({ length: columns / 2 }, (_, i) => theta ** (-2 * i / columns));
  return { frequencies };
}

/**
 * Makes the turns of positions, as `backend.rotate` takes them: angles in float64, rounded at the
 * end.
 *
 * @param positions `[t]`, any integers.
 * @param rotation The angles of one step.
 * @returns `[t, 2·pairs]`: the cosine of each pair, then the sine of each.
 *
 * @example Position 0 leaves everything as it is
 * ```ts
 * import { rotaryTurns } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const turns = rotaryTurns(new Int32Array([0]), { frequencies: [1, 0.1] });
 * assertEquals([...turns], [1, 1, 0, 0]);
 * ```
 */
export function rotaryTurns(
  positions: Int32Array,
  { frequencies, factor = 1 }: Rotation,
): Float32Array {
  const pairs = frequencies.length;
  const turns = new Float32Array(positions.length * 2 * pairs);
  positions.forEach((position, row) => {
    for (let i = 0; i < pairs; i++) {
      const angle = position * frequencies[i];
      turns[row * 2 * pairs + i] = factor * Math.cos(angle);
      turns[(row * 2 + 1) * pairs + i] = factor * Math.sin(angle);
    }
  });
  return turns;
}
