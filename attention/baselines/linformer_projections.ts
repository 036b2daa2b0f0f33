/**
 * The projections of Linformer.
 *
 * @module
 */
import type { Random } from "../../tensor/random.ts";

/** How many rows keys and values are projected to. */
export const LINFORMER_LENGTH = 128;

/** Matrices over the tokens, the same for all heads. */
export interface LinformerProjections {
  /** `[128, tokens]`: makes keys. */
  readonly key: Float32Array;
  /** `[128, tokens]`: makes values. */
  readonly value: Float32Array;
}

/**
 * Draws `E` and `F` with entries of variance 1/128 (Wang et al., 2020).
 *
 * @param tokens Tokens of a sequence, with padding.
 * @param random The stream; `E` comes first.
 * @returns `E` for keys and `F` for values, each `[128, tokens]`.
 *
 * @example
 * ```ts
 * import { drawLinformerProjections } from "@lsg/core/attention";
 * import { linformerAttention } from "@lsg/core/functional";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const projections = drawLinformerProjections(2, new Random(7));
 * assertEquals(projections.key.length, 128 * 2);
 * const x = Float32Array.of(1, 3);
 * const [input, shape] = [{ query: x, key: x, value: x }, { batch: 1, tokens: 2, heads: 1 }];
 * const output = await linformerAttention(input, { ...shape, projections });
 * assertEquals(output, await linformerAttention(input, { ...shape, seed: 7 })); // draws the same
 * ```
 */
export function drawLinformerProjections(tokens: number, random: Random): LinformerProjections {
  const draw = () =>
    random.normals(LINFORMER_LENGTH * tokens).map((x) => x / Math.sqrt(LINFORMER_LENGTH));
  const key = draw();
  return { key, value: draw() };
}

/**
 * Indices of the values of `xᵀ` in `x`, masked rows left out.
 *
 * @param mask `[batch, tokens]`: 1 visible.
 * @param width Columns of x.
 * @param batch Sequences.
 * @returns `[batch, width·tokens]`: value `(c, t)` has index `t·width + c` in its sequence, −1 where
 * the row is masked.
 *
 * @example
 * ```ts
 * import { transposedRows } from "@lsg/core/attention";
 * import { assertEquals } from "@std/assert";
 *
 * const x = ["a0", "a1", "b0", "b1", "c0", "c1"]; // 3 tokens, 2 columns
 * const rows = transposedRows(Int32Array.of(1, 1, 0), 2, 1);
 * assertEquals(Array.from(rows, (row) => x[row] ?? 0), ["a0", "b0", 0, "a1", "b1", 0]);
 * ```
 */
export function transposedRows(mask: Int32Array, width: number, batch: number): Int32Array {
  const tokens = mask.length / batch;
  const rows = new Int32Array(batch * width * tokens);
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < width; c++) {
      for (let t = 0; t < tokens; t++) {
        const row = mask[b * tokens + t] === 1 ? t * width + c : -1;
        rows[(b * width + c) * tokens + t] = row;
      }
    }
  }
  return rows;
}
