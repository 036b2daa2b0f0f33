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
  { ids: rule, tableOffset }: Pick<PositionTable, "ids" | "tableOffset">,
  ids: Int32Array,
  tokens: number,
  padTokenId: number,
): Int32Array {
  if (rule === "from_zero") return ids.map((_, i) => tableOffset + i % tokens);
  let count = 0;
  return ids.map((id, i) => {
    if (i % tokens === 0) count = 0;
    return id === padTokenId ? padTokenId : padTokenId + ++count;
  });
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
  const rows = positionRows(config, positions);
  return rows - (positions.ids === "from_zero" ? positions.tableOffset : config.pad_token_id + 1);
}
