/**
 * Checks that the rooms share.
 *
 * @module
 */

/**
 * That an array holds as many values as its dimensions say.
 *
 * @param room Who asks, for the message.
 * @param name The parameter's name, for the message.
 * @param values The array.
 * @param dims Its dimensions.
 * @throws {RangeError} If it does not.
 */
export function checkLength(
  room: string,
  name: string,
  values: ArrayLike<number>,
  dims: readonly number[],
): void {
  const wanted = dims.reduce((product, n) => product * n, 1);
  if (values.length === wanted) return;
  throw new RangeError(
    `${room}: ${name} has ${values.length} values, wanted ${wanted} for the shape [${dims}]`,
  );
}

/**
 * That a mask has the right length and holds nothing but 0 and 1.
 *
 * @param room Who asks, for the message.
 * @param name The parameter's name, for the message.
 * @param mask The mask.
 * @param dims Its dimensions.
 * @throws {RangeError} If it does not.
 */
export function checkMask(
  room: string,
  name: string,
  mask: ArrayLike<number>,
  dims: readonly number[],
): void {
  checkLength(room, name, mask, dims);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] !== 0 && mask[i] !== 1) {
      throw new RangeError(
        `${room}: ${name} holds ${mask[i]} at ${i}, wanted 1 (visible) or 0 (masked)`,
      );
    }
  }
}
