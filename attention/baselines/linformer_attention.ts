/**
 * Linformer attention.
 *
 * @module
 */
import { nextDropout } from "../../ops/dropout.ts";
import { everything } from "../../ops/span.ts";
import type { Backend, Floats, Integers } from "../../ops/backend.ts";
import type { Projected } from "../full/full_attention.ts";

/** Projected tokens, and the matrices that mix them. */
export interface LinformerInput extends Omit<Projected, "mask"> {
  /** `[batch, heads·width·tokens]`: indices of the values of `keyᵀ` and `valueᵀ`. */
  readonly transposed: Integers;
  /** `E`, `[1, length, tokens]`. */
  readonly keyProjection: Floats;
  /** `F`, `[1, length, tokens]`. */
  readonly valueProjection: Floats;
}

/**
 * `softmax(q·(Ek)/√width)·(Fv)`: tokens are mixed to a fixed number of keys and values (Wang et
 * al., 2020).
 *
 * @param backend Backend that runs the operations.
 * @param input Projected tokens and matrices.
 * @returns `[batch, tokens, heads·width]`.
 */
export function linformerAttention(backend: Backend, input: LinformerInput): Floats {
  const { query, key, value, heads, dropout, transposed, keyProjection, valueProjection } = input;
  const [batch, tokens, rowWidth] = key.dims;
  const [, length] = keyProjection.dims;
  return backend.scope(() => {
    const source = {
      keys: mixRows(key, keyProjection),
      values: mixRows(value, valueProjection),
      first: 0,
      count: length,
      spans: [everything(length)],
    };
    return backend.attend(query, [{ first: 0, count: tokens, sources: [source] }], {
      heads,
      dropout: nextDropout(backend, dropout),
    });
  });

  /** `matrix·x`: a linear layer whose weights are `xᵀ`, of all sequences at once. */
  function mixRows(x: Floats, matrix: Floats): Floats {
    const weights = backend.gatherRows(x.reshape([batch, tokens * rowWidth, 1]), transposed);
    const mixed = backend.linear(matrix, weights.reshape([batch * rowWidth, tokens]));
    const order = Int32Array.from(
      { length: batch * length },
      (_, i) => i % length * batch + Math.floor(i / length),
    );
    const rows = backend.integers(order, [1, batch * length]);
    return backend.gatherRows(mixed.reshape([1, length * batch, rowWidth]), rows)
      .reshape([batch, length, rowWidth]);
  }
}
