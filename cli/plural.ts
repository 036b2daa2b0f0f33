/**
 * Counts in messages.
 *
 * @module
 */

/**
 * A number of things.
 *
 * @param count The number.
 * @param noun The noun of one of them.
 * @returns Both, as "1 shard", "2 shards".
 */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
