/**
 * Things that are compared, by name.
 *
 * @module
 */

/**
 * One of some things.
 *
 * @param all What there is.
 * @param name Its name.
 * @returns The thing.
 * @throws {RangeError} If there is none of that name.
 */
export function named<Named extends { readonly name: string }>(
  all: readonly Named[],
  name: string,
): Named {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  const names = all.map((each) => each.name).join(", ");
  throw new RangeError(`There is nothing named ${name}: wanted one of ${names}`);
}
