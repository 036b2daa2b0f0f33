/**
 * A step of AdamW.
 *
 * @module
 */
import { expectFloat32 } from "./expect_float32.ts";
import type { GpuKernel } from "./kernel.ts";
import { floatWord, invocations, type Kernel, MAIN } from "./machine/commands.ts";

/** One invocation per value. */
const KERNEL: Kernel = {
  name: "adam_w",
  code: /* wgsl */ `
struct Shape {
  count: u32,
  factor: f32,
  kept: f32,
  beta1: f32,
  beta2: f32,
  /** \`1 − β\`, which float32 would round once more. */
  rest1: f32,
  rest2: f32,
  size: f32,
  root: f32,
  epsilon: f32,
}
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>;
@group(0) @binding(3) var<storage, read_write> first: array<f32>;
@group(0) @binding(4) var<storage, read_write> second: array<f32>;
${MAIN}
  if (i >= shape.count) {
    return;
  }
  let g = shape.factor * gradient[i];
  let m = shape.beta1 * first[i] + shape.rest1 * g;
  let v = shape.beta2 * second[i] + shape.rest2 * g * g;
  first[i] = m;
  second[i] = v;
  parameter[i] = shape.kept * parameter[i] - shape.size * m / (sqrt(v) / shape.root + shape.epsilon);
}
`,
};

/** A step in place; see cpu/adam_w.ts. */
export const adamW: GpuKernel<"adamW"> = (
  { parameter, gradient, first, second },
  _result,
  { count, factor, kept, beta1, beta2, size, root, epsilon },
  context,
) => {
  expectFloat32("adamW", context);
  return [{
    kernel: KERNEL,
    words: [
      count,
      ...[factor, kept, beta1, beta2, 1 - beta1, 1 - beta2, size, root, epsilon].map(floatWord),
    ],
    buffers: [gradient.buffer, parameter.buffer, first.buffer, second.buffer],
    groups: invocations(count),
  }];
};
