/**
 * Which row of the position table each token takes.
 *
 * @module
 */
import type { ModelConfig } from "../checkpoint/config.ts";
import { FAMILIES } from "../families/families.ts";

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

/**
 * The rows of the position table by the family's rule.
 *
 * @param config The checkpoint's config.
 * @param ids `[batch, tokens]`.
 * @param tokens Tokens of a sequence.
 * @returns `[batch, tokens]`.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { positionsOf } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = new Int32Array([7, 8, 9, 0]);
 * assertEquals([...positionsOf(parseConfig({ model_type: "bert" }), ids, 2)], [0, 1, 0, 1]);
 * assertEquals([...positionsOf(parseConfig({ model_type: "roberta" }), ids, 2)], [2, 3, 2, 3]);
 * ```
 */
export function positionsOf(config: ModelConfig, ids: Int32Array, tokens: number): Int32Array {
  return FAMILIES[config.model_type].positions === "from_padding"
    ? positionIds(ids, tokens, config.pad_token_id)
    : ids.map((_, i) => i % tokens);
}

/**
 * How many tokens the position table has room for.
 *
 * @param config The checkpoint's config.
 * @returns The largest number of tokens of a sequence.
 *
 * @example
 * ```ts
 * import { parseConfig } from "@lsg/core/checkpoint";
 * import { positionCount } from "@lsg/core/models";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(positionCount(parseConfig({ model_type: "bert" })), 512);
 * ```
 */
export function positionCount(config: ModelConfig): number {
  const { max_position_embeddings: rows, pad_token_id } = config;
  return FAMILIES[config.model_type].positions === "from_padding" ? rows - pad_token_id - 1 : rows;
}
