/**
 * Layer normalisation.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line, WORKGROUP } from "./machine/commands.ts";

/**
 * One workgroup per row. The mean first, then the mean of squared distances from it: the difference
 * of two large sums would lose the digits of small variances. Squares outside of 2⁻⁹⁶ … 2⁹⁶ may have
 * been lost or have overflowed: they are computed again of a row that is scaled to about 1.
 */
const KERNEL: Kernel = {
  name: "layer_norm",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  width: u32,
  epsilon: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> weight: array<Stored>;
@group(0) @binding(3) var<storage, read> bias: array<Stored>;
@group(0) @binding(4) var<storage, read> residual: array<Stored>;
@group(0) @binding(5) var<storage, read_write> y: array<Stored>;

/** 1 if a residual is added. */
override HAS_RESIDUAL: u32 = 0;

var<workgroup> values: array<f32, ${WORKGROUP}>;

/** A value, scaled before it is added: the sum of two may overflow. */
fn valueAt(i: u32, factor: f32) -> f32 {
  if (HAS_RESIDUAL == 1) {
    return factor * f32(x[i]) + factor * f32(residual[i]);
  }
  return factor * f32(x[i]);
}

/** The sum of the values of all invocations. */
fn sumOfAll(own: f32, local: u32) -> f32 {
  workgroupBarrier();
  values[local] = own;
  for (var half = ${WORKGROUP}u / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      values[local] += values[local + half];
    }
  }
  return workgroupUniformLoad(&values[0]);
}

/** The largest value of all invocations. */
fn largestOfAll(own: f32, local: u32) -> f32 {
  workgroupBarrier();
  values[local] = own;
  for (var half = ${WORKGROUP}u / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (local < half) {
      values[local] = max(values[local], values[local + half]);
    }
  }
  return workgroupUniformLoad(&values[0]);
}

/** The mean of a row, and that of the squared distances from it. */
fn momentsOf(first: u32, factor: f32, local: u32) -> vec2<f32> {
  var sum = 0.0;
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    sum += valueAt(first + i, factor);
  }
  let mean = sumOfAll(sum, local) / f32(shape.width);
  var squares = 0.0;
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    let distance = valueAt(first + i, factor) - mean;
    squares += distance * distance;
  }
  return vec2(mean, sumOfAll(squares, local) / f32(shape.width));
}

/** The power of two by which the largest value, or the root of epsilon, becomes about 1. */
fn factorOf(first: u32, local: u32) -> f32 {
  var largest = sqrt(shape.epsilon);
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    largest = max(largest, abs(f32(x[first + i])));
    if (HAS_RESIDUAL == 1) {
      largest = max(largest, abs(f32(residual[first + i])));
    }
  }
  let exponent = clamp(bitcast<u32>(largestOfAll(largest, local)) >> 23, 1, 253);
  return bitcast<f32>((254 - exponent) << 23);
}

@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = lineOf(group, groups);
  if (row >= shape.rows) {
    return;
  }
  let first = row * shape.width;
  var factor = 1.0;
  var moments = momentsOf(first, factor, local);
  let spread = moments.y + shape.epsilon;
  // By its bits, in which NaN is larger than all numbers.
  let bits = bitcast<u32>(spread);
  if (bits < ${floatWord(2 ** -96)} || bits > ${floatWord(2 ** 96)}) {
    factor = factorOf(first, local);
    moments = momentsOf(first, factor, local);
  }
  let scale = 1 / sqrt(moments.y + shape.epsilon * factor * factor);
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    let distance = valueAt(first + i, factor) - moments.x;
    y[first + i] = Stored(distance * scale * f32(weight[i]) + f32(bias[i]));
  }
}
`,
};

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
