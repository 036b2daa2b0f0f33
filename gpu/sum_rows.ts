/**
 * Sums over rows.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per column; without y its binding is x, and unused. */
const KERNEL: Kernel = {
  name: "sum_rows",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  width: u32,
  multiplies: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${MAIN}
  if (i >= shape.width) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < shape.rows; row++) {
    let at = row * shape.width + i;
    var value = x[at];
    if (shape.multiplies == 1) {
      value *= y[at];
    }
    sum += value;
  }
  result[i] = sum;
}
`,
};

/** `Σ x∘y` over the rows; see cpu/sum_rows.ts. */
export const sumRows: GpuKernel<"sumRows"> = ({ x, y }, result, { rows, width }, context) => {
  expectFloat32("sumRows", context);
  return [{
    kernel: KERNEL,
    words: [rows, width, y ? 1 : 0],
    buffers: [x.buffer, (y ?? x).buffer, result.buffer],
    groups: invocations(width),
  }];
};
