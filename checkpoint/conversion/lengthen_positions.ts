import { type ModelConfig, parseConfig } from "../config.ts";
import { extendPositions } from "./extend_positions.ts";
import { FAMILIES } from "../../families/families.ts";
import { MappedWeights, type WeightPlace } from "../mapped_weights.ts";
import { MemoryWeights } from "../memory_weights.ts";
import { newTable } from "./new_table.ts";
import type { Weights } from "../weights.ts";

/**
 * Gives a model more positions without training, for another attention than its own.
 *
 * @param config The checkpoint's config.
 * @param weights Its weights, under the bare model's names.
 * @param length How many positions it is to have; absent, or no more than it has: nothing changes.
 * @param grouped Whether neighbouring tokens share a position, in groups as small as the length
 * allows, as Self-Extend does with far ones; else the table is repeated, as a conversion to LSG does.
 * @returns Config and weights.
 */
export async function lengthenPositions(
  config: ModelConfig,
  weights: Weights,
  length: number | undefined,
  grouped: boolean,
): Promise<{ config: ModelConfig; weights: Weights }> {
  const { embeddings: { position: name }, tableOffset, configOffset } = FAMILIES[config.model_type];
  const [rows, width] = weights.dims(name);
  const positions = rows - tableOffset;
  if (length === undefined || length <= positions) return { config, weights };
  const table = await weights.load(name);
  const data = grouped
    ? groupPositions(table, width, tableOffset, length)
    : extendPositions(table, width, tableOffset, length);
  const changed = new MemoryWeights([[name, { dims: [tableOffset + length, width], data }]]);
  const places = weights.names().map((each): [string, WeightPlace] => [
    each,
    { weights: each === name ? changed : weights, name: each },
  ]);
  const max_position_embeddings = length + configOffset;
  return {
    config: parseConfig({ ...config.raw, max_position_embeddings }),
    weights: new MappedWeights(places),
  };
}

/** Row `⌊i / group⌋` of the table as row `i`, with the smallest group that reaches the length. */
function groupPositions(
  table: Float32Array,
  width: number,
  offset: number,
  length: number,
): Float32Array {
  const group = Math.ceil(length / (table.length / width - offset));
  const grouped = newTable(offset + length, width);
  grouped.set(table.subarray(0, offset * width));
  for (let i = 0; i < length; i++) {
    const from = (offset + Math.floor(i / group)) * width;
    grouped.set(table.subarray(from, from + width), (offset + i) * width);
  }
  return grouped;
}
