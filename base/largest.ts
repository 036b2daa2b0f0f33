/**
 * Returns the largest of any number of values; as arguments of `Math.max` they would have to fit on
 * the stack.
 *
 * @param values The values.
 * @returns The largest; −Infinity of none.
 */
export function largest(values: Iterable<number>): number {
  let found = -Infinity;
  for (const value of values) if (value > found) found = value;
  return found;
}
