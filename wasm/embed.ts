/**
 * Embeddings.
 *
 * @module
 */
import type { EmbedShape } from "../cpu/embed.ts";
import type { Command } from "./machine/commands.ts";
import type { Packed } from "./machine/weight.ts";

/** One table and the rows to take from it. */
export interface LookupAddresses {
  /** Address of the ids. */
  readonly ids: number;
  /** How many ids; with fewer than places they repeat. */
  readonly count: number;
  /** Address of `[rows, width]`. */
  readonly table: number;
  /** Bytes of a packed value; 0 for plain floats, row by row. */
  readonly size: Packed["size"] | 0;
}

/**
 * The sum of one row of each table, for each place; see cpu/embed.ts.
 *
 * @param lookups Tables and ids.
 * @param y Address of `[batch, tokens, width]`.
 * @param shape Sizes.
 * @returns The operation.
 */
export function embed(
  lookups: readonly LookupAddresses[],
  y: number,
  shape: EmbedShape,
): Command {
  const { batch, tokens, width } = shape;
  const words = [y, batch, tokens, width, lookups.length];
  for (const { ids, count, table, size } of lookups) words.push(ids, count, table, size);
  return { operation: "embed", words };
}
