import type { Family, ModelConfig, PositionTable } from "../families/families.ts";

/**
 * The position table of a family that has one.
 *
 * @param family The family.
 * @returns Its name and offsets.
 * @throws {RangeError} If the family has no position table.
 *
 * @example
 * ```ts
 * import { FAMILIES, positionTable } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(positionTable(FAMILIES.roberta).tableOffset, 2);
 * ```
 */
export function positionTable(
  { className, positions }: Pick<Family, "className" | "positions">,
): PositionTable {
  if (typeof positions !== "string") return positions;
  throw new RangeError(`Cannot change the positions of ${className}: it has no position table`);
}

/**
 * How many rows a position table has.
 *
 * @param config The checkpoint's config.
 * @param positions The table's offsets.
 * @returns Positions, and the rows in front of position 0.
 *
 * @example
 * ```ts
 * import { FAMILIES, parseConfig, positionTable, positionRows } from "@lsg/core/checkpoint";
 * import { assertEquals } from "@std/assert";
 *
 * const config = parseConfig({ model_type: "bert" });
 * assertEquals(positionRows(config, positionTable(FAMILIES.bert)), 512);
 * ```
 */
export function positionRows(
  { max_position_embeddings }: Pick<ModelConfig, "max_position_embeddings">,
  { tableOffset, configOffset }: Pick<PositionTable, "tableOffset" | "configOffset">,
): number {
  return max_position_embeddings - configOffset + tableOffset;
}
