/**
 * Embeddings.
 *
 * @module
 */
import type { EmbedShape } from "../ops/embed.ts";
import type { CpuOperands } from "./roles.ts";

/**
 * The sum of one row of each table, times its scale, for each token.
 *
 * @param operands Tables `[rows, width]`, each with ids `[batch, tokens]`, or `[1, tokens]` if all
 * sequences use the same rows.
 * @param shape Sizes.
 * @returns `[batch, tokens, width]`.
 *
 * @example
 * ```ts
 * import { embed } from "@lsg/core/cpu";
 * import { assertEquals } from "@std/assert";
 *
 * const table = { count: 2, rows: 2, scale: 1 };
 * const words = { ...table, ids: new Int32Array([1, 0]), table: new Float32Array([10, 20]) };
 * const positions = { ...table, ids: new Int32Array([0, 1]), table: new Float32Array([1, 2]) };
 * const shape = { batch: 1, tokens: 2, width: 1 };
 * assertEquals([...embed({ lookups: [words, positions] }, shape)], [21, 12]);
 * ```
 */
export function embed(
  { lookups }: CpuOperands<"embed">,
  { batch, tokens, width }: EmbedShape,
): Float32Array {
  const result = new Float32Array(batch * tokens * width);
  for (const { ids, count, table, scale } of lookups) {
    for (let i = 0; i < batch * tokens; i++) {
      const id = ids[i % count];
      for (let d = 0; d < width; d++) result[i * width + d] += scale * table[id * width + d];
    }
  }
  return result;
}
