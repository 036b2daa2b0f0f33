/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value, for one part of the weights; each part adds its outputs. */
const KERNEL: Kernel = {
  name: "linear_inputs",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  inputs: u32,
  outputs: u32,
  /** The part's first output, and how many. */
  first: u32,
  count: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;
${MAIN}
  if (i >= shape.rows * shape.inputs) {
    return;
  }
  let begin = i / shape.inputs * shape.outputs + shape.first;
  var sum = 0.0;
  for (var o = 0u; o < shape.count; o++) {
    sum += dy[begin + o] * weight[o * shape.inputs + i % shape.inputs];
  }
  if (shape.first > 0) {
    sum += dx[i];
  }
  dx[i] = sum;
}
`,
};

/** `dy·W`; see cpu/linear_inputs.ts. */
export const linearInputs: GpuKernel<"linearInputs"> = (
  { dy, weight },
  dx,
  { rows, inputs, outputs },
  context,
) => {
  expectFloat32("linearInputs", context);
  return weight.partsOf(outputs, inputs).map(({ buffer, first, rows: count }) => ({
    kernel: KERNEL,
    words: [rows, inputs, outputs, first, count],
    buffers: [dy.buffer, buffer, dx.buffer],
    groups: invocations(rows * inputs),
  }));
};
