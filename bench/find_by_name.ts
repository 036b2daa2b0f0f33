/**
 * Lookup by name.
 *
 * @module
 */

/**
 * Finds an item by name.
 *
 * @param all All items.
 * @param name Name of the item.
 * @returns The item.
 * @throws {RangeError} If no item has the name.
 */
export function findByName<Named extends { readonly name: string }>(
  all: readonly Named[],
  name: string,
): Named {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  const names = all.map((each) => each.name).join(", ");
  throw new RangeError(`Cannot find ${name}: wanted one of ${names}`);
}
