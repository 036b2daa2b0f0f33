/**
 * Which row of the position table each token reads.
 *
 * @module
 */
import { positionRows } from "../checkpoint/position_table.ts";
import type { Family, ModelConfig, PositionTable } from "../families/families.ts";
import { familyOf } from "../families/known_families.ts";

/**
 * The rows of a position table that tokens read.
 *
 * With `from_padding`, RoBERTa's rule, padding keeps the padding id and other tokens count on from
 * there; the ids decide what is padding, not the mask.
 *
 * @param positions The family's rule.
 * @param ids `[batch, tokens]`.
 * @param tokens Tokens of a sequence.
 * @param padTokenId The id of padding.
 * @returns `[batch, tokens]`.
 */
export function positionIds(
  positions: Pick<PositionTable, "ids" | "tableOffset">,
  ids: Int32Array,
  tokens: number,
  padTokenId: number,
): Int32Array {
  const first = firstPositionRow(positions, padTokenId);
  if (positions.ids === "from_zero") return ids.map((_, i) => first + i % tokens);
  let count = 0;
  return ids.map((id, i) => {
    if (i % tokens === 0) count = 0;
    return id === padTokenId ? padTokenId : first + count++;
  });
}

/**
 * The row of a position table that the first token reads.
 *
 * @param positions The family's rule.
 * @param padTokenId The id of padding.
 * @returns The row of position 0.
 */
export function firstPositionRow(
  { ids: rule, tableOffset }: Pick<PositionTable, "ids" | "tableOffset">,
  padTokenId: number,
): number {
  return rule === "from_zero" ? tableOffset : padTokenId + 1;
}

/**
 * How many tokens a model has positions for.
 *
 * @param config The checkpoint's config.
 * @param positions The family's rule; absent: that of the config's `model_type`.
 * @returns The largest number of tokens of a sequence.
 */
export function positionCount(
  config: ModelConfig,
  positions: Family["positions"] = familyOf(config).positions,
): number {
  if (typeof positions === "string") return config.max_position_embeddings;
  return positionRows(config, positions) - firstPositionRow(positions, config.pad_token_id);
}
