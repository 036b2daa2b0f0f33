/**
 * BigBird attention on plain arrays.
 *
 * @module
 */
import { resolveAttention } from "../attention/baselines/attention_options.ts";
import {
  bigbirdList,
  drawBigbirdBlocks,
  isDenseBigbird,
} from "../attention/baselines/bigbird_pattern.ts";
import { bigbirdAttention as compose } from "../attention/baselines/bigbird_attention.ts";
import { Random } from "../tensor/random.ts";
import {
  type AttentionInput,
  type AttentionShape,
  checkCall,
  type Checks,
  onArrays,
  projectedOf,
  SHAPE_CHECKS,
} from "./arrays.ts";
import { openReference } from "./reference.ts";

/** Sizes, blocks and randomness. */
export interface BigbirdAttentionShape extends AttentionShape {
  /** Tokens per block. Default 64. */
  readonly block_size?: number;
  /** Random blocks that each block attends to. Default 3. */
  readonly num_random_blocks?: number;
  /**
   * Random blocks, `[heads, blocks − 2, num_random_blocks]`; not needed for so few tokens that they
   * are attended densely. Absent: drawn.
   */
  readonly randomBlocks?: Int32Array;
  /** Seed of the drawn blocks; 0 if absent. */
  readonly seed?: number;
}

const CHECKS: Checks<BigbirdAttentionShape> = {
  ...SHAPE_CHECKS,
  block_size: undefined,
  num_random_blocks: undefined,
  randomBlocks: undefined,
  seed: undefined,
};

/**
 * BigBird attention: the first and last blocks attend to everything; every other block attends to
 * those two, itself, its neighbours and random blocks that differ by head (Zaheer et al., 2020).
 * Sequences of few blocks are attended densely.
 *
 * @param input Queries, keys, values and mask.
 * @param shape Sizes and blocks.
 * @returns `[batch, tokens, heads·width]`.
 * @throws {RangeError} If an array does not fit the shape, or a number or block is out of range.
 *
 * @example So few tokens that every token attends to all
 * ```ts
 * import { bigbirdAttention } from "@lsg/core/functional";
 * import { assertEquals } from "@std/assert";
 *
 * const value = new Float32Array([0, 2, 4]);
 * const input = { query: new Float32Array(3), key: value, value };
 * assertEquals([...await bigbirdAttention(input, { batch: 1, tokens: 3, heads: 1 })], [2, 2, 2]);
 * ```
 */
export async function bigbirdAttention(
  input: AttentionInput,
  shape: BigbirdAttentionShape,
): Promise<Float32Array> {
  shape = checkCall(input, shape, CHECKS);
  return await onArrays(shape, openReference, (arrays) => {
    const { batch, tokens, heads, seed = 0, randomBlocks, block_size, num_random_blocks } = shape;
    const parameters = resolveAttention({
      type: "bigbird",
      ...(block_size !== undefined && { block_size }),
      ...(num_random_blocks !== undefined && { num_random_blocks }),
    });
    const sizes = { ...parameters, tokens, heads };
    const projected = projectedOf(arrays, input, shape);
    if (isDenseBigbird(sizes)) return compose(arrays.backend, projected, sizes);
    const mask = arrays.maskValues("mask", input.mask);
    const blocks = randomBlocks ?? drawBigbirdBlocks(sizes, new Random(seed));
    const { rows, mask: shown, entries } = bigbirdList(blocks, mask, sizes);
    return compose(arrays.backend, projected, sizes, {
      rows: arrays.integers(rows, [1, rows.length]),
      mask: arrays.integers(shown, [batch, heads, entries]),
    });
  });
}
