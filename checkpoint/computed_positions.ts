import { largest } from "../base/largest.ts";
import type { Family, ModelConfig, PositionTable } from "../families/families.ts";
import { makeTable } from "./conversion/make_table.ts";
import { decoderStack } from "./decoder_stack.ts";
import { MappedWeights, type WeightReference } from "./mapped_weights.ts";
import { MemoryWeights } from "./memory_weights.ts";
import { positionRows } from "./position_table.ts";
import type { Weights } from "./weights.ts";

/** Most positions that a config alone can ask for; several times more than any model has. */
const MAX_COMPUTED_POSITIONS = 2 ** 18;

/** A position table of a model, and how many positions it has. */
export interface NamedTable {
  /** Its name and offsets. */
  readonly positions: PositionTable;
  /** Rows of the table. */
  readonly rows: number;
}

/**
 * Lists the position tables of a model: the encoder's, then the decoder's if it has one.
 *
 * @param config The checkpoint's config.
 * @param family The architecture.
 * @returns The tables; none of a family without.
 */
export function positionTables(config: ModelConfig, family: Family): NamedTable[] {
  const stacks: [ModelConfig, Family][] = [[config, family]];
  if (config.decoder) stacks.push(decoderStack(config, family));
  return stacks.flatMap(([config, { positions }]) =>
    typeof positions === "string" ? [] : [{ positions, rows: positionRows(config, positions) }]
  );
}

/**
 * Computes a table of positions: columns `0 … w/2 − 1` of row p are `sin(p·10000^(−2i/w))`, the
 * others the cosines (Vaswani et al., 2017, section 3.5, with the columns in another order).
 *
 * @param rows Number of rows.
 * @param width Width of a row; an even number.
 * @returns `[rows, width]`.
 * @throws {RangeError} If the width is odd, or the table would be larger than 4 GiB.
 */
export function sinusoidalPositions(rows: number, width: number): Float32Array {
  if (width % 2 !== 0) {
    throw new RangeError(`Cannot compute positions of width ${width}: wanted an even number`);
  }
  const table = makeTable(rows, width);
  const half = width / 2;
  const frequencies = Float64Array.from({ length: half }, (_, i) => 10000 ** (-2 * i / width));
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < half; i++) {
      const angle = row * frequencies[i];
      table[row * width + i] = Math.sin(angle);
      table[row * width + half + i] = Math.cos(angle);
    }
  }
  return table;
}

/**
 * Adds the position tables that files need not have.
 *
 * @param weights The weights under the bare model's names.
 * @param config The checkpoint's config.
 * @param family The architecture.
 * @returns The weights with all position tables.
 * @throws {RangeError} If the config asks for more than 262,144 positions that the files lack.
 */
export function withComputedPositions(
  weights: Weights,
  config: ModelConfig,
  family: Family,
): Weights {
  const missing = positionTables(config, family)
    .filter(({ positions }) => positions.absent && !weights.has(positions.table));
  if (missing.length === 0) return weights;
  const width = config.embedding_size;
  const most = largest(missing.map(({ rows }) => rows));
  if (most > MAX_COMPUTED_POSITIONS) {
    throw new RangeError(
      `Cannot compute ${most} positions, which the config asks for and the files lack: wanted at ` +
        `most ${MAX_COMPUTED_POSITIONS}`,
    );
  }
  // Encoder and decoder have the same rows.
  const longest = sinusoidalPositions(most, width);
  const computed = new MemoryWeights(missing.map(({ positions: { table }, rows }) => [table, {
    dims: [rows, width],
    data: longest.subarray(0, rows * width),
  }]));
  const references = [weights, computed].flatMap((part) =>
    part.names().map((name): [string, WeightReference] => [name, { weights: part, name }])
  );
  return new MappedWeights(references);
}
