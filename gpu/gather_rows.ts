/**
 * Gathering rows of a tensor.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value of the result. */
const KERNEL: Kernel = {
  name: "gather_rows",
  code: /* wgsl */ `
struct Shape {
  batch: u32,
  rows: u32,
  picked: u32,
  width: u32,
  /** Number of indices; they are repeated if fewer than \`batch·picked\`. */
  indices: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
${MAIN}
  let position = i / shape.width;
  if (position >= shape.batch * shape.picked) {
    return;
  }
  let row = index[position % shape.indices];
  if (row < 0) {
    y[i] = 0;
  } else {
    y[i] = x[(position / shape.picked * shape.rows + u32(row)) * shape.width + i % shape.width];
  }
}
`,
};

/** Row `index[i]` of x as row `i`; −1 gives zeros; see cpu/gather_rows.ts. */
export const gatherRows: GpuKernel<"gatherRows"> = (
  { x, index },
  y,
  { batch, rows, picked, width, indices },
) => [{
  kernel: KERNEL,
  words: [batch, rows, picked, width, indices],
  buffers: [x.buffer, index.buffer, y.buffer],
  groups: invocations(batch * picked * width),
}];
