/**
 * The gradient of a linear layer by its matrix.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN, turnsOf, UNTILED } from "./machine/commands.ts";

/** One invocation per value of a turn. */
const KERNEL: Kernel = {
  name: "weight_gradient",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  inputs: u32,
  outputs: u32,
  adds: u32,
  /** The turn's first value, and the one after its last. */
  first: u32,
  end: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${MAIN}
  let at = shape.first + i;
  if (at >= shape.end) {
    return;
  }
  var sum = 0.0;
  if (shape.adds == 1) {
    sum = result[at];
  }
  for (var row = 0u; row < shape.rows; row++) {
    sum += dy[row * shape.outputs + at / shape.inputs] * x[row * shape.inputs + at % shape.inputs];
  }
  result[at] = sum;
}
`,
};

/** `dyᵀ·x`; see cpu/weight_gradient.ts. */
export const weightGradient: GpuKernel<"weightGradient"> = (
  { dy, x, sum },
  result,
  { rows, inputs, outputs },
  context,
) => {
  expectFloat32("weightGradient", context);
  return turnsOf(outputs * inputs, UNTILED * rows).map(({ first, end, work }) => ({
    kernel: KERNEL,
    words: [rows, inputs, outputs, sum ? 1 : 0, first, end],
    buffers: [dy.buffer, x.buffer, result.buffer],
    groups: invocations(end - first),
    work,
  }));
};
