/**
 * Addition.
 *
 * @module
 */
import type { GpuKernel } from "./kernel.ts";
import { invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "add",
  code: /* wgsl */ `
struct Shape {
  count: u32,
  /** Number of values of y, which is repeated. */
  repeat: u32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> x: array<Stored>;
@group(0) @binding(2) var<storage, read> y: array<Stored>;
@group(0) @binding(3) var<storage, read_write> result: array<Stored>;
${MAIN}
  if (i >= shape.count) {
    return;
  }
  result[i] = stored(f32(x[i]) + f32(y[i % shape.repeat]));
}
`,
};

/** `x + y`, y repeated to the length of x; see cpu/add.ts. */
export const add: GpuKernel<"add"> = ({ x, y }, result, { count, repeat }) => [{
  kernel: KERNEL,
  words: [count, repeat],
  buffers: [x.buffer, y.buffer, result.buffer],
  groups: invocations(count),
}];
