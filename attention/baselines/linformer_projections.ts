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
 * @param tokens Tokens.
 * @param random The stream; `E` comes first.
 * @returns Both.
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
