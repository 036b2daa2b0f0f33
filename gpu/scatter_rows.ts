/**
 * Scattering rows into a copy of a tensor.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value of the result: from the last row of y with its index, or from x. */
const KERNEL: Kernel = {
  name: "scatter_rows",
  code: /* wgsl */ `
struct Shape {
  batch: u32,
  rows: u32,
  picked: u32,
  width: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read> y: array<Stored>;
@group(0) @binding(4) var<storage, read_write> result: array<Stored>;
${MAIN}
  let row = i / shape.width;
  if (row >= shape.batch * shape.rows) {
    return;
  }
  let first = row / shape.rows * shape.picked;
  result[i] = x[i];
  // Backwards: if several rows have the same index, the last one wins.
  for (var j = shape.picked; j > 0; j--) {
    if (index[first + j - 1] == i32(row % shape.rows)) {
      result[i] = y[(first + j - 1) * shape.width + i % shape.width];
      break;
    }
  }
}
`,
};

/** A copy of x with row `i` of y in row `index[i]`; see cpu/scatter_rows.ts. */
export const scatterRows: GpuKernel<"scatterRows"> = (
  { x, index, y },
  result,
  { batch, rows, picked, width },
) => [{
  kernel: KERNEL,
  words: [batch, rows, picked, width],
  buffers: [x.buffer, index.buffer, y.buffer, result.buffer],
  groups: invocations(batch * rows * width),
}];
