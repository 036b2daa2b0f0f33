/** Gradients beside central differences, in float64. */
import { assertGreater } from "@std/assert";
import type { Backend, Floats } from "../../ops/backend.ts";
import { Random } from "../../tensor/random.ts";
import { Tape } from "../../training/tape.ts";
import { Float64Backend, valuesOf } from "./float64_backend.ts";

/** Computes something of operands; all outputs count. */
export type Computation = (backend: Backend, operands: readonly Floats[]) => Floats[] | Floats;

/** Step of the differences: their error is about h² = 1e-10, and 1e-16/h = 1e-11. */
const STEP = 1e-5;

/** Most values of an operand whose derivative is checked. */
const MOST = 40;

/**
 * Asserts that the tape's gradients of a random sum of all outputs are those that differences tell.
 *
 * @param dims Dimensions of the operands, which are drawn.
 * @param compute The computation.
 * @param seed Of the draw.
 * @param change Changes the drawn values.
 */
export async function checkDifferences(
  dims: readonly (readonly number[])[],
  compute: Computation,
  seed = 1,
  change: (values: Float64Array, operand: number) => void = () => {},
): Promise<Float64Array[]> {
  const backend = new Float64Backend();
  const random = new Random(seed);
  const operands = dims.map((of, i) => {
    const tensor = backend.floats(random.normals(of.reduce((a, b) => a * b, 1)), of);
    change(valuesOf(tensor), i);
    return tensor;
  });
  const outputsOf = (on: Backend) => [compute(on, operands)].flat();
  const before = backend.memory();

  const tape = new Tape(backend, operands);
  const outputs = backend.scope(() => outputsOf(tape));
  const factors = outputs.map(({ size, dims }) => backend.floats(random.normals(size), dims));
  await tape.backward(...outputs.map((output, i) => [output, factors[i]] as const));
  const gradients = operands.map((operand) => {
    const found = tape.gradients.find(([tensor]) => tensor === operand);
    return found ? valuesOf(found[1]).slice() : new Float64Array(operand.size);
  });

  const weights = factors.map((factor) => valuesOf(factor).slice());
  const loss = () => {
    let sum = 0;
    backend.scope(() => {
      outputsOf(backend).forEach((output, i) =>
        valuesOf(output).forEach((value, j) => sum += value * weights[i][j])
      );
      return [];
    });
    return sum;
  };
  operands.forEach((operand, i) => {
    const values = valuesOf(operand);
    const largest = gradients[i].reduce((size, value) => Math.max(size, Math.abs(value)), 1);
    const step = Math.max(1, Math.floor(values.length / MOST));
    for (let at = 0; at < values.length; at += step) {
      const value = values[at];
      const sums = [STEP, -STEP].map((h) => {
        values[at] = value + h;
        return loss();
      });
      values[at] = value;
      const wanted = (sums[0] - sums[1]) / (2 * STEP);
      const error = Math.abs(gradients[i][at] - wanted);
      if (error <= 1e-7 * largest) continue;
      throw new Error(
        `gradient of operand ${i} at ${at} is ${gradients[i][at]}, wanted ${wanted} (${error})`,
      );
    }
  });
  [...outputs, ...factors].forEach((tensor) => tensor.dispose());
  tape.dispose();
  const { tensors } = backend.memory();
  if (tensors !== before.tensors) {
    throw new Error(`${tensors - before.tensors} tensors are left on the backend`);
  }
  assertGreater(gradients.length, 0);
  backend.dispose();
  return gradients;
}
