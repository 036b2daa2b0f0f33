/**
 * Which row of the position table each token takes.
 *
 * @module
 */

/**
 * RoBERTa's rule: padding keeps the padding id, other tokens count on from there.
 *
 * The ids decide what is padding, not the mask.
 *
 * @param ids `[batch, tokens]`.
 * @param tokens Tokens of a sequence.
 * @param padTokenId The id of padding.
 * @returns `[batch, tokens]`.
 *
 * @example
 * ```ts
 * import { positionIds } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...positionIds(new Int32Array([0, 7, 1, 9]), 4, 1)], [2, 3, 1, 4]);
 * ```
 */
export function positionIds(ids: Int32Array, tokens: number, padTokenId: number): Int32Array {
  let count = 0;
  return ids.map((id, i) => {
    if (i % tokens === 0) count = 0;
    return id === padTokenId ? padTokenId : padTokenId + ++count;
  });
}
