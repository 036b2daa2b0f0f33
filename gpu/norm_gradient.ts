/**
 * The gradient of layer normalisation and of root mean square normalisation.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { floatWord, type Kernel, line, WORKGROUP } from "./machine/commands.ts";
import { SUM_OF_ALL } from "./sum_kernel.ts";

/** One workgroup per row. */
const KERNEL: Kernel = {
  name: "norm_gradient",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  width: u32,
  epsilon: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;

/** 1 if a residual is added. */
override HAS_RESIDUAL: u32 = 0;
/** 1 if the mean is subtracted. */
override IS_CENTRED: u32 = 0;

${SUM_OF_ALL}
fn valueAt(i: u32) -> f32 {
  if (HAS_RESIDUAL == 1) {
    return x[i] + residual[i];
  }
  return x[i];
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
  let width = f32(shape.width);
  var sum = 0.0;
  var sumOf = 0.0;
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    sum += valueAt(first + i);
    sumOf += weight[i] * dy[first + i];
  }
  let isCentred = f32(IS_CENTRED);
  let mean = isCentred * sumOfAll(sum, local) / width;
  let meanOf = isCentred * sumOfAll(sumOf, local) / width;
  var squares = 0.0;
  var products = 0.0;
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    let distance = valueAt(first + i) - mean;
    squares += distance * distance;
    products += weight[i] * dy[first + i] * distance;
  }
  let scale = 1 / sqrt(sumOfAll(squares, local) / width + shape.epsilon);
  let along = sumOfAll(products, local) * scale / width;
  for (var i = local; i < shape.width; i += ${WORKGROUP}) {
    let normed = (valueAt(first + i) - mean) * scale;
    dx[first + i] = scale * (weight[i] * dy[first + i] - meanOf - normed * along);
  }
}
`,
};

/** The gradient by x; see cpu/norm_gradient.ts. */
export const normGradient: GpuKernel<"normGradient"> = (
  { dy, x, weight, residual },
  dx,
  { rows, width, epsilon, name },
  context,
) => {
  expectFloat32("normGradient", context);
  return [{
    kernel: KERNEL,
    constants: { HAS_RESIDUAL: residual ? 1 : 0, IS_CENTRED: name === "layer" ? 1 : 0 },
    words: [rows, width, floatWord(epsilon)],
    // Bindings that the kernel does not read must still be bound.
    buffers: [dy.buffer, x.buffer, weight.buffer, (residual ?? x).buffer, dx.buffer],
    groups: width === 0 ? [0, 0, 0] : line(rows),
  }];
};
