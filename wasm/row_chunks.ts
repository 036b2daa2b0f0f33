/**
 * Chunks of rows that few queries attend to: threads take turns at them, and what they find of each is
 * added up in the end; see assembly/row_chunks.ts.
 *
 * @module
 */

/** Rows of a chunk; equals `CHUNK` of wasm/assembly/row_chunks.ts. */
const CHUNK = 1024;

/**
 * Chunks of rows at which threads take turns.
 *
 * @param count Rows that a query sees.
 * @returns Their number; 0 if there are so few rows that threads divide heads instead.
 */
export function chunksOf(count: number): number {
  return count > CHUNK ? Math.ceil(count / CHUNK) : 0;
}

/**
 * Bytes of what is known of chunks: of each head and query its weighted sums, the sum of its weights
 * and their maximum.
 *
 * @param queries Queries, times chunks of each.
 * @param shape Heads and their width.
 * @returns The bytes.
 */
export function partialBytes(
  queries: number,
  { heads, width }: { readonly heads: number; readonly width: number },
): number {
  return queries * heads * (width + 2) * 4;
}
