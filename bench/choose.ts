/**
 * Some of many measurements, by name.
 *
 * @module
 */
import { UsageError } from "../cli/arguments.ts";

/**
 * Chooses by the beginnings of names.
 *
 * @param all What there is.
 * @param only Beginnings, separated by commas; all are chosen if absent.
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
  return all.filter(({ name }) => starts.some((start) => name.startsWith(start)));
}
