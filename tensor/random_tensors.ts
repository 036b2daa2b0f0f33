/**
 * Tensors of random numbers.
 *
 * @module
 */
import { Random } from "./random.ts";
import { Tensor } from "./tensor.ts";
import { full } from "./filled_tensors.ts";

/**
 * Draws numbers that are uniformly distributed between 0 and 1, both excluded.
 *
 * @param size Length of each dimension.
 * @param random The generator (`Random` of `@lsg/core/random`, with a seed); absent: a new one whose
 *   seed is drawn.
 * @returns The tensor.
 * @throws {RangeError} If the lengths are not whole numbers ≥ 0.
 *
 * @example
 * ```ts
 * import { rand } from "@lsg/core";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rand([2, 3]).dims, [2, 3]);
 * assertEquals(rand([4], new Random(7)).data, rand([4], new Random(7)).data);
 * ```
 */
export function rand(size: readonly number[], random: Random = drawn()): Tensor<"float32"> {
  return full(size, 0).map_(() => random.uniform());
}

/**
 * Draws numbers of the standard normal distribution.
 *
 * @param size Length of each dimension.
 * @param random The generator (`Random` of `@lsg/core/random`, with a seed); absent: a new one whose
 *   seed is drawn.
 * @returns The tensor.
 * @throws {RangeError} If the lengths are not whole numbers ≥ 0.
 *
 * @example
 * ```ts
 * import { randn } from "@lsg/core";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randn([2, 3]).dims, [2, 3]);
 * assertEquals(randn([4], new Random(7)).data, randn([4], new Random(7)).data);
 * ```
 */
export function randn(size: readonly number[], random: Random = drawn()): Tensor<"float32"> {
  const { dims, size: count } = full(size, 0);
  return new Tensor("float32", random.normals(count), dims);
}

function drawn(): Random {
  return new Random(crypto.getRandomValues(new Uint32Array(1))[0]);
}
