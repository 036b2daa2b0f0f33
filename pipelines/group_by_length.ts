/**
 * Texts of similar length in groups.
 *
 * @module
 */

/**
 * Groups texts of similar length, so that batches need little padding.
 *
 * @param lengths Number of tokens of each text.
 * @param multiple Lengths are similar if they round up to the same multiple of this.
 * @param maxTokens Most tokens in a group, padding included; a longer text forms its own group.
 * @returns Indices of the texts in each group, shortest first.
 */
export function groupByLength(
  lengths: readonly number[],
  multiple: number,
  maxTokens: number,
): number[][] {
  const padded = (index: number) => Math.ceil(lengths[index] / multiple) * multiple;
  const groups: number[][] = [];
  for (const index of [...lengths.keys()].sort((a, b) => lengths[a] - lengths[b])) {
    const group = groups.at(-1);
    const joins = group && padded(group[0]) === padded(index) &&
      (group.length + 1) * padded(index) <= maxTokens;
    if (joins) group.push(index);
    else groups.push([index]);
  }
  return groups;
}
