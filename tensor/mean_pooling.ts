/**
 * Hidden states to embeddings.
 *
 * @module
 */
import { Tensor } from "./tensor.ts";

/**
 * Averages the hidden states of each sequence's visible tokens, in 64-bit arithmetic.
 *
 * @param lastHiddenState Hidden states, on the host, `[batch, tokens, width]`.
 * @param attentionMask Weights of the tokens, `[batch, tokens]`: 1 for visible ones, 0 for padding.
 * @returns Embeddings, `[batch, width]`, not normalized.
 * @throws {TypeError} If the hidden states are not a tensor of floats, or the mask is not a tensor.
 * @throws {RangeError} If the shapes do not fit, or a sequence has no visible token.
 * @throws {Error} If the values are still on a backend: await `getData()` first.
 *
 * @example
 * ```ts
 * import { mean_pooling, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const hidden = new Tensor("float32", [1, 2, 3, 4, 9, 9], [1, 3, 2]);
 * const mask = new Tensor("int64", [1, 1, 0], [1, 3]);
 * assertEquals(mean_pooling(hidden, mask).tolist(), [[2, 3]]);
 * ```
 */
export function mean_pooling(
  lastHiddenState: Tensor<"float32">,
  attentionMask: Tensor,
): Tensor<"float32"> {
  const areTensors = [lastHiddenState, attentionMask].every((tensor) => tensor instanceof Tensor);
  if (!areTensors || lastHiddenState.type !== "float32") {
    throw new TypeError("Cannot pool: wanted a tensor of float32 and one of the mask");
  }
  const [batch, tokens, width] = lastHiddenState.dims;
  const [{ dims }, mask] = [attentionMask, Float64Array.from(attentionMask.data, Number)];
  if (lastHiddenState.dims.length !== 3 || `${dims}` !== `${[batch, tokens]}`) {
    throw new RangeError(
      `Cannot pool [${lastHiddenState.dims}] with a mask of [${dims}]: wanted ` +
        "[batch, tokens, width] and [batch, tokens]",
    );
  }
  const { data } = lastHiddenState;
  const pooled = new Float32Array(batch * width);
  for (let i = 0; i < batch; i++) {
    const sums = new Float64Array(width);
    let count = 0;
    for (let token = i * tokens; token < (i + 1) * tokens; token++) {
      count += mask[token];
      for (let j = 0; j < width; j++) sums[j] += data[token * width + j] * mask[token];
    }
    if (!(count > 0)) throw new RangeError(`Cannot pool sequence ${i}: no token is visible`);
    pooled.set(sums.map((sum) => sum / count), i * width);
  }
  return new Tensor("float32", pooled, [batch, width]);
}
