/**
 * Selection of measurements by name.
 *
 * @module
 */
import { UsageError } from "../cli/arguments.ts";

/**
 * Selects items by name or prefix.
 *
 * @param all All items.
 * @param only Names or prefixes, separated by commas; a full name selects only itself. If absent,
 * all items are selected.
 * @returns The selected items in their original order.
 * @throws {UsageError} If a prefix matches no name.
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
      `Cannot use --only ${unknown.join(",")}: no name starts with that, wanted some of ${names}`,
    );
  }
  const isName = (start: string) => all.some(({ name }) => name === start);
  return all.filter(({ name }) =>
    starts.some((start) => isName(start) ? name === start : name.startsWith(start))
  );
}
