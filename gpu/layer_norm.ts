/**
 * Layer normalisation.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line } from "./machine/commands.ts";
import { rowKernel, THREADS } from "./row_kernel.ts";

/**
 * One workgroup per row. The mean first, then the mean of squared distances from it: the difference
 * of two large sums would lose the digits of small variances. Squares whose mean is below 2⁻⁹⁶ may
 * have been lost: they are computed again of a row that is scaled to about 1, as those that have
 * overflowed are.
 */
const KERNEL: Kernel = rowKernel("layer_norm", {
  field: "epsilon",
  operands: /* wgsl */ `
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> weight: array<Stored>;
@group(0) @binding(3) var<storage, read> bias: array<Stored>;
@group(0) @binding(4) var<storage, read> residual: array<Stored>;
@group(0) @binding(5) var<storage, read_write> y: array<Stored>;

/** 1 if a residual is added. */
override HAS_RESIDUAL: u32 = 0;
`,
  functions: /* wgsl */ `
fn valueAt(i: u32) -> f32 {
  if (HAS_RESIDUAL == 1) {
    return f32(x[i]) + f32(residual[i]);
  }
  return f32(x[i]);
}

/** Half of a value. */
fn halfAt(i: u32) -> f32 {
  if (HAS_RESIDUAL == 1) {
    return halve(f32(x[i])) + halve(f32(residual[i]));
  }
  return halve(f32(x[i]));
}

/**
 * Halves of a row scaled by the power of two by which the largest, or half the root of epsilon,
 * becomes about 1: that power, the mean, and the inverse root. Each invocation computes it all: it is
 * rare, and a barrier may not depend on values.
 */
fn rescaled(first: u32) -> vec3<f32> {
  let root = 0.5 * sqrt(shape.epsilon);
  var largest = root;
  for (var i = first; i < first + shape.width; i++) {
    largest = max(largest, abs(halfAt(i)));
  }
  let factor = bitcast<f32>((254 - clamp(bitcast<u32>(largest) >> 23, 1, 253)) << 23);
  var sum = 0.0;
  for (var i = first; i < first + shape.width; i++) {
    sum += factor * halfAt(i);
  }
  let mean = sum / f32(shape.width);
  var squares = 0.0;
  for (var i = first; i < first + shape.width; i++) {
    let distance = factor * halfAt(i) - mean;
    squares += distance * distance;
  }
  let spread = squares / f32(shape.width) + (root * factor) * (root * factor);
  return vec3(factor, mean, 1 / sqrt(spread));
}
`,
  statements: /* wgsl */ `
  var sum = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    sum += valueAt(first + i);
  }
  let mean = sumOfAll(sum) / f32(shape.width);
  var squares = 0.0;
  for (var i = local; i < shape.width; i += ${THREADS}) {
    let distance = valueAt(first + i) - mean;
    squares += distance * distance;
  }
  let spread = sumOfAll(squares) / f32(shape.width) + shape.epsilon;
  // By its bits, in which NaN is larger than all numbers.
  let bits = bitcast<u32>(spread);
  if (bits < ${floatWord(2 ** -96)} || bits >= ${floatWord(Infinity)}) {
    let moments = rescaled(first);
    for (var i = local; i < shape.width; i += ${THREADS}) {
      let distance = moments.x * halfAt(first + i) - moments.y;
      y[first + i] = stored(distance * moments.z * f32(weight[i]) + f32(bias[i]));
    }
    return;
  }
  let scale = 1 / sqrt(spread);
  for (var i = local; i < shape.width; i += ${THREADS}) {
    y[first + i] = stored((valueAt(first + i) - mean) * scale * f32(weight[i]) + f32(bias[i]));
  }
`,
});

/** Each row of `x + residual` to mean 0 and variance 1; see cpu/layer_norm.ts. */
export const layerNorm: GpuKernel<"layerNorm"> = (
  { x, weight, bias, residual },
  y,
  { rows, width, epsilon },
) => [{
  kernel: KERNEL,
  constants: { HAS_RESIDUAL: residual ? 1 : 0 },
  words: [rows, width, floatWord(epsilon)],
  // Bindings that the kernel does not read must still be bound.
  buffers: [x.buffer, weight.buffer, bias.buffer, (residual ?? x).buffer, y.buffer],
  groups: width === 0 ? [0, 0, 0] : line(rows),
}];
