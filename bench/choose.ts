/**
 * Some of many measurements, by name.
 *
 * @module
 */

/** What was chosen, and what could not be. */
export interface Choice<Named> {
  /** In the order that they had. */
  readonly chosen: readonly Named[];
  /** Beginnings that no name has. */
  readonly unknown: readonly string[];
}

/**
 * Chooses by the beginnings of names.
 *
 * @param all What there is.
 * @param only Beginnings, separated by commas; all are chosen if absent.
 * @returns The choice.
 */
export function choose<Named extends { readonly name: string }>(
  all: readonly Named[],
  only?: string,
): Choice<Named> {
  const starts = only?.split(",") ?? [""];
  return {
    chosen: all.filter(({ name }) => starts.some((start) => name.startsWith(start))),
    unknown: starts.filter((start) => !all.some(({ name }) => name.startsWith(start))),
  };
}
