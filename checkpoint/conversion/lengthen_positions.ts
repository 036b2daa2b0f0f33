import { parseKnownConfig } from "../config.ts";
import { extendPositions } from "./extend_positions.ts";
import type { ModelConfig } from "../../families/families.ts";
import { familyOf } from "../../families/known_families.ts";
import { MappedWeights, type WeightReference } from "../mapped_weights.ts";
import { MemoryWeights } from "../memory_weights.ts";
import { makeTable } from "./make_table.ts";
import { positionTables } from "../computed_positions.ts";
import { positionTable } from "../position_table.ts";
import type { Weights } from "../weights.ts";

/**
 * Extends a model's position table without training, to run it with another attention pattern.
 *
 * @param config The checkpoint's config.
 * @param weights Its weights, under the bare model's names.
 * @param length Number of positions wanted; absent, or not above the model's: nothing changes.
 * @param grouped Whether neighbouring tokens share a position, in the smallest groups that reach the
 * length, as distant tokens do in Self-Extend; else the table is repeated, as in a conversion to LSG.
 * @returns Config and weights.
 */
export async function lengthenPositions(
  config: ModelConfig,
  weights: Weights,
  length: number | undefined,
  grouped: boolean,
): Promise<{ config: ModelConfig; weights: Weights }> {
  if (length === undefined) return { config, weights };
  const family = familyOf(config);
  const { table: first, tableOffset: offset, configOffset } = positionTable(family);
  if (length <= weights.dims(first)[0] - offset) return { config, weights };
  const width = config.embedding_size;
  const tables = positionTables(config, family).map(async ({ positions }) => {
    const { table: name, tableOffset } = positions;
    const table = await weights.load(name);
    const extend = grouped ? groupPositions : extendPositions;
    const data = extend(table, width, tableOffset, length);
    return [name, { dims: [tableOffset + length, width], data }] as const;
  });
  const changed = new MemoryWeights(await Promise.all(tables));
  const references = weights.names().map((name): [string, WeightReference] => [
    name,
    { weights: changed.has(name) ? changed : weights, name },
  ]);
  const max_position_embeddings = length + configOffset;
  return {
    config: parseKnownConfig({ ...config.raw, max_position_embeddings }),
    weights: new MappedWeights(references),
  };
}

/** Makes row `i` from row `⌊i / group⌋`, with the smallest group that reaches the length. */
function groupPositions(
  table: Float32Array,
  width: number,
  offset: number,
  length: number,
): Float32Array {
  const group = Math.ceil(length / (table.length / width - offset));
  const grouped = makeTable(offset + length, width);
  grouped.set(table.subarray(0, offset * width));
  for (let i = 0; i < length; i++) {
    const source = (offset + Math.floor(i / group)) * width;
    grouped.set(table.subarray(source, source + width), (offset + i) * width);
  }
  return grouped;
}
