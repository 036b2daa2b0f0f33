import type { Random } from "../../tensor/random.ts";
import { MemoryWeights } from "../memory_weights.ts";
import type { ExpectedParameter } from "../weight_names.ts";

/**
 * Draws parameters for a head that a checkpoint lacks.
 *
 * @param parameters Their names and dims.
 * @param deviation Standard deviation of the weights.
 * @param random The random number generator.
 * @returns Normally distributed weights, biases of 0, layer norm weights of 1.
 *
 * @example
 * ```ts
 * import { drawParameters } from "@lsg/core/checkpoint";
 * import { Random } from "@lsg/core/random";
 * import { assertEquals } from "@std/assert";
 *
 * const bias = { name: "dense.bias", dims: [2] };
 * const weights = drawParameters([bias], 0.02, new Random(0));
 * assertEquals(await weights.load("dense.bias"), new Float32Array([0, 0]));
 * ```
 */
export function drawParameters(
  parameters: readonly ExpectedParameter[],
  deviation: number,
  random: Random,
): MemoryWeights {
  return new MemoryWeights(parameters.map(({ name, dims }) => {
    const count = dims.reduce((product, size) => product * size, 1);
    const data = name.endsWith("bias")
      ? new Float32Array(count)
      : /norm\.weight$/i.test(name)
      ? new Float32Array(count).fill(1)
      : random.normals(count).map((normal) => deviation * normal);
    return [name, { dims, data }];
  }));
}
