/**
 * Some of many measurements, by name.
 *
 * @module
 */
import { UsageError } from "../cli/arguments.ts";

/**
 * Chooses by names or their beginnings.
 *
 * @param all What there is.
 * @param only Names in full, which mean themselves alone, or beginnings, which mean all that begin so;
 * separated by commas. All are chosen if absent.
 * @returns Those chosen, in the order that they had.
 * @throws {UsageError} If no name begins with one of them.
 */
export function choose<Named extends { readonly name: string }>(
  all: readonly Named[],
  only?: string,
): readonly Named[] {
  const starts = only?.split(",") ?? [""];
  const unknown = starts.filter((start) => !all.some(({ name }) => name.startsWith(start)));
  if (unknown.length > 0) {
    const names = all.map(({ name }) => name).join(", ");
    throw new UsageError(
      `Cannot use --only ${unknown.join(",")}: no name begins so, wanted some of ${names}`,
    );
  }
  const isName = (start: string) => all.some(({ name }) => name === start);
  return all.filter(({ name }) =>
    starts.some((start) => isName(start) ? name === start : name.startsWith(start))
  );
}
