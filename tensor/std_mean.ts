/**
 * Means and standard deviations.
 *
 * @module
 */
import { showValue } from "../base/show_value.ts";
import { splitDims } from "./reduce_values.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Computes standard deviations and means along a dimension, in 64-bit arithmetic.
 *
 * @param input Floats, on the host.
 * @param dim The dimension; null for all values.
 * @param correction What is subtracted from the number of values, by which the sum of squares is
 *   divided.
 * @param keepdim Whether the dimension stays, with length 1.
 * @returns The deviations and the means.
 * @throws {TypeError} If the values are not floats.
 * @throws {RangeError} If there is no such dimension, or it does not have more values than
 *   `correction`.
 *
 * @example
 * ```ts
 * import { std_mean, Tensor } from "@lsg/core";
 * import { assertEquals } from "@std/assert";
 *
 * const [std, mean] = std_mean(new Tensor("float32", [1, 3, 4, 4], [2, 2]), 1, 0);
 * assertEquals(std.tolist(), [1, 0]);
 * assertEquals(mean.tolist(), [2, 4]);
 * ```
 */
export function std_mean(
  input: Tensor<"float32">,
  dim: number | null = null,
  correction = 1,
  keepdim = false,
): [Tensor<"float32">, Tensor<"float32">] {
  const means = input.mean(dim, keepdim);
  const [, length, after] = splitDims(input.dims, dim);
  if (!(length > correction)) {
    throw new RangeError(
      `Cannot take the deviation of ${length} values with correction ${showValue(correction)}: ` +
        "wanted more values than that",
    );
  }
  const { data } = input;
  const deviations = means.map((_, i) => {
    const first = Math.floor(i / after) * length * after + i % after;
    const { variance } = momentsOf(data, first, length, after);
    return Math.sqrt(variance * length / (length - correction));
  });
  return [deviations, means];
}

/**
 * Computes the mean and the variance of values that lie at even distances.
 *
 * @param data The values.
 * @param first Where the first lies.
 * @param length How many there are.
 * @param step How far neighbours lie apart.
 * @returns Both; the variance is the mean of the squared deviations.
 */
export function momentsOf(
  data: Float32Array,
  first: number,
  length: number,
  step: number,
): { mean: number; variance: number } {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < length; i++) sum += data[first + i * step];
  const mean = sum / length;
  for (let i = 0; i < length; i++) squares += (data[first + i * step] - mean) ** 2;
  return { mean, variance: squares / length };
}
