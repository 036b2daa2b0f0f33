/**
 * Tiles of queries that are attended to together.
 *
 * @module
 */
import type { AttendPart } from "./attend_plan.ts";

/** Most queries of a tile; equals `QUERIES` of wasm/assembly/attend_tile.ts. */
const MOST_QUERIES = 256;

/**
 * Queries per tile: as many as fit, with tiles that end where blocks do, so that all queries of a
 * tile see the same range.
 *
 * @param parts Which rows see which keys.
 * @param rows Queries of a sequence.
 * @returns The number.
 */
export function tileOf(
  parts: readonly {
    readonly sources: readonly Pick<AttendPart<unknown, unknown>["sources"][number], "spans">[];
  }[],
  rows: number,
): number {
  const blocks = parts.flatMap(({ sources }) =>
    sources.flatMap(({ spans }) => spans.map(({ block }) => block))
  );
  const block = Math.max(1, ...blocks);
  // Large tiles use packed keys more often, but a short text has too few of them for all threads.
  if (block === 1) return rows < 2048 ? MOST_QUERIES / 2 : MOST_QUERIES;
  if (block > MOST_QUERIES) return Math.ceil(block / Math.ceil(block / MOST_QUERIES));
  // Short blocks share a tile: packing keys for a few queries would cost more than it saves.
  return block * Math.max(1, Math.floor(32 / block));
}
