/**
 * Counts of visible keys: the work of attention on any backend.
 *
 * @module
 */
import { type LsgParameters, lsgPattern, type Span, spanRange } from "../attention/mod.ts";

/**
 * Counts the query-key pairs that spans make visible.
 *
 * @param spans The spans.
 * @param queries Number of queries.
 * @param entries Number of keys.
 * @returns The number of pairs.
 */
export function countSpanPairs(spans: readonly Span[], queries: number, entries: number): number {
  let pairs = 0;
  for (let query = 0; query < queries; query++) {
    for (const span of spans) {
      const [start, end] = spanRange(span, query, entries);
      pairs += end - start;
    }
  }
  return pairs;
}

/**
 * Counts the visible query-key pairs of LSG attention, including global tokens.
 *
 * @param tokens Visible text tokens: a multiple of the block size, or at most two blocks.
 * @param parameters Checked parameters.
 * @returns The number of pairs of one head.
 * @throws {RangeError} If the last block is not full, as its padding would be counted.
 */
export function countLsgPairs(tokens: number, parameters: LsgParameters): number {
  const { block_size, num_global_tokens: globals, sparsity_factor } = parameters;
  const { local, sparse } = lsgPattern(tokens, parameters);
  if (sparse.length > 0 && tokens % block_size !== 0) {
    throw new RangeError(
      `Cannot count the visible keys of ${tokens} tokens: wanted a multiple of ${block_size}`,
    );
  }
  return globals * (globals + tokens) + tokens * globals + countSpanPairs(local, tokens, tokens) +
    countSpanPairs(sparse, tokens, tokens / sparsity_factor);
}
