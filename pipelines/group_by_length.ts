/**
 * Which texts of a batch run together.
 *
 * @module
 */

/**
 * Groups texts of similar length, so that little of what runs is padding.
 *
 * @param lengths Tokens of each text.
 * @param multiple Texts whose lengths round up to the same multiple of this are similar.
 * @param room How many tokens a group has at most, padding counted; a longer text is alone.
 * @returns The places of the texts of each group, shortest first.
 *
 * @example
 * ```ts
 * import { groupByLength } from "@lsg/core/pipelines";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(groupByLength([30, 5, 8, 31, 7], 16, 64), [[1, 4, 2], [0, 3]]);
 * assertEquals(groupByLength([30, 30, 30], 16, 64), [[0, 1], [2]]);
 * ```
 */
export function groupByLength(
  lengths: readonly number[],
  multiple: number,
  room: number,
): number[][] {
  const padded = (place: number) => Math.ceil(lengths[place] / multiple) * multiple;
  const groups: number[][] = [];
  for (const place of [...lengths.keys()].sort((a, b) => lengths[a] - lengths[b])) {
    const group = groups.at(-1);
    const joins = group && padded(group[0]) === padded(place) &&
      (group.length + 1) * padded(place) <= room;
    if (joins) group.push(place);
    else groups.push([place]);
  }
  return groups;
}
