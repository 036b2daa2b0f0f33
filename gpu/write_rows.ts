/**
 * Rows written into a tensor in place.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation a value of y. */
const KERNEL: Kernel = {
  name: "write_rows",
  code: /* wgsl */ `
struct Shape {
  batch: u32,
  rows: u32,
  picked: u32,
  width: u32,
  /** How many indices there are; fewer than \`batch·picked\` are repeated. */
  indices: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read_write> x: array<Stored>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read> y: array<Stored>;
${MAIN}
  let position = i / shape.width;
  if (position >= shape.batch * shape.picked) {
    return;
  }
  let row = index[position % shape.indices];
  if (row >= 0) {
    x[(position / shape.picked * shape.rows + u32(row)) * shape.width + i % shape.width] = y[i];
  }
}
`,
};

/** Writes row `i` of y into row `index[i]` of x; see cpu/write_rows.ts. */
export const writeRows: GpuKernel<"writeRows"> = (
  { x, index, y },
  _,
  { batch, rows, picked, width, indices },
) => [{
  kernel: KERNEL,
  words: [batch, rows, picked, width, indices],
  buffers: [x.buffer, index.buffer, y.buffer],
  groups: invocations(batch * picked * width),
}];
