/**
 * Generated tables in hand-written pages.
 *
 * @module
 */

/**
 * Replaces the lines between two markers of a page.
 *
 * @param page The page.
 * @param mark Name in the markers `<!-- NAME -->` and `<!-- /NAME -->`.
 * @param lines The new lines.
 * @returns The new page.
 * @throws {RangeError} If the page does not have the markers.
 */
export function replaceLines(page: string, mark: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new RangeError(`Cannot replace lines: the page does not have ${start} … ${end}`);
  }
  return `${page.slice(0, from + start.length)}\n\n${lines.join("\n")}\n\n${page.slice(to)}`;
}
