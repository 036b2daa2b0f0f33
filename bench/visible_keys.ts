/**
 * How many keys queries see: what attention has to compute, whatever computes it.
 *
 * @module
 */
import { type LsgParameters, lsgPattern, type Span, spanRange } from "../attention/mod.ts";

/**
 * Pairs of a query and a key that it sees under spans.
 *
 * @param spans The rules.
 * @param queries How many queries there are.
 * @param entries How many keys there are.
 * @returns The number of pairs.
 */
export function spanPairs(spans: readonly Span[], queries: number, entries: number): number {
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
 * Pairs of a query and a key that it sees in LSG attention, globals among both.
 *
 * @param tokens Regular tokens, all visible: whole blocks, or at most two.
 * @param parameters Checked parameters.
 * @returns The number of pairs of one head.
 * @throws {RangeError} If the last block is not full: its padding would count as visible.
 */
export function lsgPairs(tokens: number, parameters: LsgParameters): number {
  const { block_size, num_global_tokens: globals, sparsity_factor } = parameters;
  const { local, sparse } = lsgPattern(tokens, parameters);
  if (sparse.length > 0 && tokens % block_size !== 0) {
    throw new RangeError(
      `Cannot count the visible keys of ${tokens} tokens: wanted a multiple of ${block_size}`,
    );
  }
  return globals * (globals + tokens) + tokens * globals + spanPairs(local, tokens, tokens) +
    spanPairs(sparse, tokens, tokens / sparsity_factor);
}
