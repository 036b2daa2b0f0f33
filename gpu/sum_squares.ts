/**
 * Sums of squares.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { type Kernel, line, WORKGROUP } from "./machine/commands.ts";

/** A workgroup per part; each invocation sums every 256th value of it. */
const KERNEL: Kernel = {
  name: "sum_squares",
  code: /* wgsl */ `
struct Shape {
  count: u32,
  parts: u32,
  part: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
var<workgroup> sums: array<f32, ${WORKGROUP}>;
@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let part = lineOf(group, groups);
  let end = min(shape.count, (part + 1) * shape.part);
  var sum = 0.0;
  for (var i = part * shape.part + local; i < end; i += ${WORKGROUP}u) {
    sum += x[i] * x[i];
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var half = ${WORKGROUP / 2}u; half > 0; half >>= 1u) {
    if (local < half) {
      sums[local] += sums[local + half];
    }
    workgroupBarrier();
  }
  if (local == 0 && part < shape.parts) {
    result[part] = sums[0];
  }
}
`,
};

/** The sum of squares of each part; see cpu/sum_squares.ts. */
export const sumSquares: GpuKernel<"sumSquares"> = ({ x }, result, { count, parts }, context) => {
  expectFloat32("sumSquares", context);
  return [{
    kernel: KERNEL,
    words: [count, parts, Math.ceil(count / parts)],
    buffers: [x.buffer, result.buffer],
    groups: line(parts),
  }];
};
