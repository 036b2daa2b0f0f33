/**
 * Inner products of rows, head by head.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per head of a row. */
const KERNEL: Kernel = {
  name: "head products",
  code: /* wgsl */ `
struct Shape {
  count: u32,
  width: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${MAIN}
  if (i >= shape.count) {
    return;
  }
  var sum = 0.0;
  for (var d = 0u; d < shape.width; d++) {
    sum += x[i * shape.width + d] * y[i * shape.width + d];
  }
  result[i] = sum;
}
`,
};

/** `Σ xᵢyᵢ` of each head; see cpu/head_products.ts. */
export const headProducts: GpuKernel<"headProducts"> = (
  { x, y },
  result,
  { count, width },
  context,
) => {
  expectFloat32("headProducts", context);
  return [{
    kernel: KERNEL,
    words: [count, width],
    buffers: [x.buffer, y.buffer, result.buffer],
    groups: invocations(count),
  }];
};
