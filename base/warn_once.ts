/**
 * Warnings that are given once.
 *
 * @module
 */

const given = new Set<string>();

/**
 * Warns, unless the same warning was given before.
 *
 * @param message The warning.
 */
export function warnOnce(message: string): void {
  if (given.has(message)) return;
  given.add(message);
  console.warn(message);
}
