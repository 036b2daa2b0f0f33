/**
 * Indices of the largest values.
 *
 * @module
 */

/** Above this, sorting all values is faster than a list of the largest so far. */
const SHORT_LIST = 100;

/**
 * Finds the largest values; of equal values, the one with the lower index comes first.
 *
 * @param values Values to compare.
 * @param count Most indices to return.
 * @param among Indices to consider; absent: all.
 * @returns Indices of the values, largest first.
 */
export function largest(
  values: ArrayLike<number>,
  count: number,
  among?: readonly number[],
): number[] {
  const compare = (a: number, b: number) => values[b] - values[a] || a - b;
  if (count > SHORT_LIST) {
    const all = among ?? Array.from({ length: values.length }, (_, i) => i);
    return all.toSorted(compare).slice(0, count);
  }
  const found: number[] = [];
  for (let n = 0; n < (among ?? values).length; n++) {
    const i = among ? among[n] : n;
    if (found.length === count && !(compare(i, found[count - 1]) < 0)) continue;
    let at = found.length;
    while (at > 0 && compare(i, found[at - 1]) < 0) at--;
    found.splice(at, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}
