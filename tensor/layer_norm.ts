/**
 * Layer normalization of tensors on the host; models normalize on their backend.
 *
 * @module
 */
import { checkOptions } from "../base/check_options.ts";
import { momentsOf } from "./std_mean.ts";
import { Tensor } from "./tensor.ts";
import { sizeOf } from "./tensor_shapes.ts";

/** Options of {@linkcode layer_norm}. */
export interface LayerNormOptions {
  /** What is added to the variance; 1e-5 if absent. */
  readonly eps?: number;
}

/**
 * Normalizes the values of the last dimensions: `(x − mean) / √(variance + eps)`, in 64-bit
 * arithmetic, as `torch.nn.functional.layer_norm` does without weights.
 *
 * @param input Floats, on the host, `[…, ...normalized_shape]`.
 * @param normalized_shape The last dimensions.
 * @param options The constant.
 * @returns The tensor, with the dimensions of `input`.
 * @throws {TypeError} If the values are not floats, or an option is unknown.
 * @throws {RangeError} If the last dimensions are others or empty, or `eps` is negative.
 *
 * @example
 * ```ts
 * import { layer_norm, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const input = new Tensor("float32", [1, 3, -5, 5], [2, 2]);
 * assertEquals(layer_norm(input, [2], { eps: 0 }).tolist(), [[-1, 1], [-1, 1]]);
 * ```
 */
export function layer_norm(
  input: Tensor<"float32">,
  normalized_shape: readonly number[],
  options: LayerNormOptions = {},
): Tensor<"float32"> {
  const { eps = 1e-5 } = checkOptions("Cannot normalize", options, {
    eps: {
      type: "number",
      wanted: "a number ≥ 0",
      accepts: (value) => Number(value) >= 0 && Number.isFinite(value),
    },
  });
  if (!(input instanceof Tensor) || input.type !== "float32") {
    throw new TypeError("Cannot normalize: wanted a tensor of float32");
  }
  const width = sizeOf(normalized_shape);
  const last = input.dims.slice(-normalized_shape.length);
  if (normalized_shape.length === 0 || `${last}` !== `${normalized_shape}` || width === 0) {
    throw new RangeError(
      `Cannot normalize the dimensions [${normalized_shape}] of [${input.dims}]: wanted its last ones`,
    );
  }
  const { data } = input;
  const values = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += width) {
    const { mean, variance } = momentsOf(data, row, width, 1);
    // Equal values with eps 0 are 0, not NaN.
    const deviation = Math.sqrt(variance + eps) || 1;
    for (let i = row; i < row + width; i++) values[i] = (data[i] - mean) / deviation;
  }
  return new Tensor("float32", values, input.dims);
}
