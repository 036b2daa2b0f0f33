/**
 * Keys and values in half precision.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation a value. */
const KERNEL: Kernel = {
  name: "halve",
  code: /* wgsl */ `
struct Shape {
  count: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read_write> y: array<Stored>;
${MAIN}
  if (i < shape.count) {
    y[i] = x[i];
  }
}
`,
};

/** A copy: with dtype "fp16" all values are in half precision; see cpu/halve.ts. */
export const halve: GpuKernel<"halve"> = ({ x }, y, { count }) => [{
  kernel: KERNEL,
  words: [count],
  buffers: [x.buffer, y.buffer],
  groups: invocations(count),
}];
