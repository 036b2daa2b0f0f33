/**
 * Sums of rows that belong together.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { floatWord, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "add_to_rows",
  code: /* wgsl */ `
struct Shape {
  rows: u32,
  width: u32,
  scale: f32,
  adds: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> order: array<i32>;
@group(0) @binding(3) var<storage, read> starts: array<i32>;
@group(0) @binding(4) var<storage, read_write> result: array<f32>;
${MAIN}
  let row = i / shape.width;
  if (row >= shape.rows) {
    return;
  }
  var sum = 0.0;
  for (var place = starts[row]; place < starts[row + 1]; place++) {
    sum += y[u32(order[place]) * shape.width + i % shape.width];
  }
  sum *= shape.scale;
  if (shape.adds == 1) {
    sum += result[i];
  }
  result[i] = sum;
}
`,
};

/** Sums of rows in a given order; see cpu/add_to_rows.ts. */
export const addToRows: GpuKernel<"addToRows"> = (
  { y, order, starts, sum },
  result,
  { rows, width, scale },
  context,
) => {
  expectFloat32("addToRows", context);
  return [{
    kernel: KERNEL,
    words: [rows, width, floatWord(scale), sum ? 1 : 0],
    buffers: [y.buffer, order.buffer, starts.buffer, result.buffer],
    groups: invocations(rows * width),
  }];
};
