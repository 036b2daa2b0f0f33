/**
 * Concatenation of rows.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value of the result. */
const KERNEL: Kernel = {
  name: "concat_rows",
  code: /* wgsl */ `
struct Shape {
  batch: u32,
  xRows: u32,
  yRows: u32,
  width: u32,
  /** 1 where each sequence has the same rows of x. */
  isShared: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> y: array<Stored>;
@group(0) @binding(3) var<storage, read_write> result: array<Stored>;
${MAIN}
  let xSize = shape.xRows * shape.width;
  let ySize = shape.yRows * shape.width;
  if (i >= shape.batch * (xSize + ySize)) {
    return;
  }
  let b = i / (xSize + ySize);
  let at = i % (xSize + ySize);
  if (at < xSize) {
    result[i] = x[select(b, 0, shape.isShared == 1) * xSize + at];
  } else {
    result[i] = y[b * ySize + at - xSize];
  }
}
`,
};

/** In each sequence the rows of x, then those of y; see cpu/concat_rows.ts. */
export const concatRows: GpuKernel<"concatRows"> = (
  { x, y },
  result,
  { batch, xRows, yRows, width, isShared },
) => [{
  kernel: KERNEL,
  words: [batch, xRows, yRows, width, isShared ? 1 : 0],
  buffers: [x.buffer, y.buffer, result.buffer],
  groups: invocations(batch * (xRows + yRows) * width),
}];
