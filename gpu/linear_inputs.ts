/**
 * The gradient of a linear layer by its inputs.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN, turnsOf, UNTILED } from "./machine/commands.ts";

/** One invocation per value of a turn, for one part of the weights; each part adds its outputs. */
const KERNEL: Kernel = {
  name: "linear_inputs",
  code: /* wgsl */ `
struct Shape {
  /** The turn's first value, and the one after its last. */
  start: u32,
  end: u32,
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
  let at = shape.start + i;
  if (at >= shape.end) {
    return;
  }
  let begin = at / shape.inputs * shape.outputs + shape.first;
  var sum = 0.0;
  for (var o = 0u; o < shape.count; o++) {
    sum += dy[begin + o] * weight[o * shape.inputs + at % shape.inputs];
  }
  if (shape.first > 0) {
    sum += dx[at];
  }
  dx[at] = sum;
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
  return weight.partsOf(outputs, inputs).flatMap(({ buffer, first, rows: count }) =>
    turnsOf(rows * inputs, UNTILED * count).map(({ first: start, end, work }) => ({
      kernel: KERNEL,
      words: [start, end, inputs, outputs, first, count],
      buffers: [dy.buffer, buffer, dx.buffer],
      groups: invocations(end - start),
      work,
    }))
  );
};
