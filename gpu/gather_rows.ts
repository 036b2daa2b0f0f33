/**
 * Picking rows.
 *
 * @module
 */
import type { RowsShape } from "../cpu/gather_rows.ts";
import { type Command, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation a value of the result. */
const KERNEL: Kernel = {
  name: "gather_rows",
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
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<Stored>;
${MAIN}
  let place = i / shape.width;
  if (place >= shape.batch * shape.picked) {
    return;
  }
  let row = index[place % shape.indices];
  if (row < 0) {
    y[i] = 0;
  } else {
    y[i] = x[(place / shape.picked * shape.rows + u32(row)) * shape.width + i % shape.width];
  }
}
`,
};

/**
 * Chosen rows; see cpu/gather_rows.ts.
 *
 * @param x `[batch, rows, width]`.
 * @param index `[batch, picked]` or `[1, picked]`; −1 gives zeros.
 * @param y `[batch, picked, width]`.
 * @param shape Sizes.
 * @param indices How many indices there are.
 * @returns The operation.
 */
export function gatherRows(
  x: GPUBuffer,
  index: GPUBuffer,
  y: GPUBuffer,
  { batch, rows, picked, width }: RowsShape,
  indices: number,
): Command {
  return {
    kernel: KERNEL,
    words: [batch, rows, picked, width, indices],
    buffers: [x, index, y],
    groups: invocations(batch * picked * width),
  };
}
