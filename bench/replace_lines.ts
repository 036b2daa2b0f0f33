/**
 * Measured tables in pages that are otherwise written by hand.
 *
 * @module
 */

/**
 * Puts lines between two marks of a page, in place of those that are there.
 *
 * @param page The page.
 * @param mark What the marks hold: `<!-- MARK -->` and `<!-- /MARK -->`.
 * @param lines The lines.
 * @returns The page.
 * @throws {RangeError} If the page lacks the marks.
 */
export function replaceLines(page: string, mark: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${mark} -->`, `<!-- /${mark} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new RangeError(`The page lacks ${start} … ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${lines.join("\n")}\n\n${page.slice(to)}`;
}
