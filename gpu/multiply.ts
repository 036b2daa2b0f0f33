/**
 * Multiplication.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "multiply",
  code: /* wgsl */ `
@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> y: array<Stored>;
@group(0) @binding(3) var<storage, read_write> result: array<Stored>;
${MAIN}
  if (i >= count) {
    return;
  }
  result[i] = stored(f32(x[i]) * f32(y[i]));
}
`,
};

/** `x · y`, value by value; see cpu/multiply.ts. */
export const multiply: GpuKernel<"multiply"> = ({ x, y }, result, { count }) => [{
  kernel: KERNEL,
  words: [count],
  buffers: [x.buffer, y.buffer, result.buffer],
  groups: invocations(count),
}];
