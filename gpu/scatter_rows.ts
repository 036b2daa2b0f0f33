/**
 * Putting rows.
 *
 * @module
 */
import type { RowsShape } from "../cpu/gather_rows.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation a value of the result: the last row of y that is put there, or x. */
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
  // From the last: where rows name one place twice, the last one is there.
  for (var j = shape.picked; j > 0; j--) {
    if (index[first + j - 1] == i32(row % shape.rows)) {
      result[i] = y[(first + j - 1) * shape.width + i % shape.width];
      break;
    }
  }
}
`,
};

/**
 * x with rows of y in chosen places; see cpu/scatter_rows.ts.
 *
 * @param x `[batch, rows, width]`.
 * @param index `[batch, picked]`; −1 skips.
 * @param y `[batch, picked, width]`.
 * @param result `[batch, rows, width]`.
 * @param shape Sizes.
 * @returns The operation.
 */
export function scatterRows(
  x: GPUBuffer,
  index: GPUBuffer,
  y: GPUBuffer,
  result: GPUBuffer,
  { batch, rows, picked, width }: RowsShape,
): Command {
  return {
    kernel: KERNEL,
    words: [batch, rows, picked, width],
    buffers: [x, index, y, result],
    groups: invocations(batch * rows * width),
  };
}
