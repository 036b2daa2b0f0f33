/**
 * The random matrices of `lsh`.
 *
 * @module
 */
import { Random } from "../../tensor/random.ts";
import { type LsgParameters, selectionChunk } from "./lsg_parameters.ts";

/** Sizes and seed of the matrices of one layer. */
export interface LshProjectionShape {
  /** Heads. */
  readonly heads: number;
  /** Width of a head. */
  readonly width: number;
  /** The layer, counted from 0. */
  readonly layer: number;
  /** Seed of layer 0; layer `l` has its own stream, from `seed + l`. */
  readonly seed: number;
}

/**
 * Draws the projections of one layer.
 *
 * @param parameters Checked LSG parameters.
 * @param shape Heads, width, layer and seed.
 * @returns For each round `[heads, width, ⌊buckets/2⌋]`: `lsh_num_pre_rounds` rounds with as many
 * buckets as a chunk has tokens, then one with as many as it has entries.
 * @throws {RangeError} If the seed is not a whole number ≥ 0; sums from 2³² on start again at 0.
 *
 * @example
 * ```ts
 * import { lshProjections, resolveLsgParameters } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const parameters = resolveLsgParameters({ sparsity_type: "lsh" });
 * const rounds = lshProjections(parameters, { heads: 2, width: 4, layer: 0, seed: 0 });
 * assertEquals(rounds.map((round) => round.length), [2 * 4 * 64, 2 * 4 * 32]);
 * ```
 */
export function lshProjections(
  parameters: LsgParameters,
  shape: LshProjectionShape,
): Float32Array[] {
  const random = new Random((shape.seed + shape.layer) % 2 ** 32);
  return lshColumns(parameters).map((columns) =>
    random.normals(shape.heads * shape.width * columns)
  );
}

/**
 * Asserts that given projections have the type and sizes that the parameters ask for.
 *
 * @param rounds The projections of a layer.
 * @param parameters Checked LSG parameters.
 * @param shape Heads, and the width of one.
 * @param name Their name in the message.
 * @throws {RangeError} If the type is not `lsh`, or number or sizes of the rounds are wrong.
 */
export function checkLshProjections(
  rounds: readonly Float32Array[],
  parameters: LsgParameters,
  { heads, width }: Pick<LshProjectionShape, "heads" | "width">,
  name: string,
): void {
  if (parameters.sparsity_type !== "lsh") {
    throw new RangeError(
      `Cannot use ${name} with sparsity_type "${parameters.sparsity_type}": only "lsh" takes projections`,
    );
  }
  const columns = lshColumns(parameters);
  if (rounds.length !== columns.length) {
    throw new RangeError(`Cannot use ${name} of ${rounds.length} rounds: wanted ${columns.length}`);
  }
  rounds.forEach(({ length }, round) => {
    const dims = [heads, width, columns[round]];
    const wanted = heads * width * columns[round];
    if (length === wanted) return;
    throw new RangeError(
      `Cannot use ${name} of ${length} values in round ${round}: wanted ${wanted} for the shape ` +
        `[${dims}]`,
    );
  });
}

/**
 * Columns of each round's projection: half of the round's buckets.
 *
 * @param parameters Checked LSG parameters.
 * @returns One number a round.
 */
export function lshColumns(parameters: LsgParameters): number[] {
  const chunk = selectionChunk(parameters);
  const buckets = Array.from({ length: parameters.lsh_num_pre_rounds }, () => chunk);
  return [...buckets, chunk / parameters.sparsity_factor].map((count) => Math.floor(count / 2));
}
